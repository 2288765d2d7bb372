import { type LoggerOptions, pino } from 'pino';

/** Structured log lines; `fields` are bounded facts, never secrets or raw events. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number | bigint | boolean | undefined>>;

/**
 * ECS log lines as NDJSON, on standard output or appended to a file, written synchronously so that a crash loses none.
 */
export function createLog(service: string, level: 'debug' | 'info' | 'warn' | 'error', file?: string): Log {
  const destination = pino.destination({ dest: file ?? 1, sync: true, mkdir: true });
  const options: LoggerOptions = {
    level,
    base: { 'service.name': service },
    messageKey: 'message',
    timestamp: () => `,"@timestamp":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ 'log.level': label }) },
  };
  const logger = pino(options, destination);
  const write = (severity: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields?: LogFields) =>
    logger[severity](plain(fields), message);
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

/** For embedded runs and tests. */
export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {
  // A silent log has nothing to do.
}

function plain(fields: LogFields = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'bigint' ? String(value) : value]),
  );
}
