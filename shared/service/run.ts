import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { systemClock } from '#shared/clock/clock.ts';
import { healthHost, healthPort, logLevel } from '#shared/config/common.ts';
import { describeSettings, printConfig } from '#shared/config/print.ts';
import { readConfig } from '#shared/config/read.ts';
import type { Settings } from '#shared/config/setting.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import { createLog, type Log } from '#shared/telemetry/log.ts';
import { createPrometheusTelemetry } from '#shared/telemetry/prometheus.ts';
import type { ServiceDefinition } from './definition.ts';
import { startHealthServer } from './health.ts';
import type { Service } from './service.ts';

/** Settings that every process has. */
const processSettings = { healthPort, healthHost, logLevel };

/**
 * The whole of a service's `main.ts`: `--help`, `--check` and `--print-config`, or run until SIGTERM or SIGINT, then
 * drain and stop. Exit status: 0 stopped as asked, 1 failed while running, 2 bad settings or arguments.
 */
export async function runService<Declared extends Settings>(
  definition: ServiceDefinition<Declared>,
): Promise<void> {
  try {
    process.exitCode = await runOrExplain(definition);
  } catch (error) {
    if (!(error instanceof BreakwaterError)) throw error;
    process.stderr.write(`${definition.name}: ${error.code}\n${error.message}\n${error.action}\n`);
    process.exitCode = error.code === 'BW_CONFIG_INVALID' ? 2 : 1;
  }
}

async function runOrExplain<Declared extends Settings>(
  definition: ServiceDefinition<Declared>,
): Promise<number> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      check: { type: 'boolean' },
      'print-config': { type: 'boolean' },
    },
  });
  const all = { ...processSettings, ...definition.settings };
  if (values.help === true) {
    process.stdout.write(helpText(definition.name, definition.description, all));
    return 0;
  }
  const config = readConfig(definition.settings, process.env);
  const processConfig = readConfig(processSettings, process.env);
  if (values['print-config'] === true) {
    process.stdout.write(`${printConfig(all, { ...processConfig, ...config })}\n`);
    return 0;
  }
  if (values.check === true) {
    process.stdout.write(`${definition.name}: the settings are valid\n`);
    return 0;
  }
  const log = createLog(definition.name, processConfig.logLevel);
  const { telemetry, render } = createPrometheusTelemetry(definition.name);
  const instance = randomBytes(4).toString('hex');
  const service = await definition.create(config, { clock: systemClock, log, telemetry, instance });
  let ready = false;
  const health = await startHealthServer(
    { host: processConfig.healthHost, port: processConfig.healthPort },
    () => ({ ready, detail: ready ? 'working' : 'starting or stopping' }),
    render,
  );
  const status = await runUntilStopped(service, log, health.url, (value) => {
    ready = value;
  });
  await health.close();
  return status;
}

async function runUntilStopped(
  service: Service,
  log: Log,
  healthUrl: string,
  setReady: (ready: boolean) => void,
): Promise<number> {
  const asked = new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
  try {
    await Promise.race([service.start(), service.failed]);
    setReady(true);
    log.info('working', { health: healthUrl });
    const reason = await Promise.race([asked, service.failed]);
    log.info('stopping', { reason });
    return 0;
  } catch (error) {
    log.error('cannot go on', describeError(error));
    return 1;
  } finally {
    setReady(false);
    await service.stop();
    log.info('stopped');
  }
}

function describeError(error: unknown): Record<string, string> {
  if (error instanceof BreakwaterError) {
    return { code: error.code, reason: error.message, action: error.action };
  }
  return { reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function helpText(name: string, description: string, settings: Settings): string {
  return `${name}: ${description}

Usage: node services/${name}/main.ts [--check | --print-config | --help]

  --check         say whether the settings are valid, and stop
  --print-config  print the settings in force (secrets redacted), and stop

Settings (environment variables):
${describeSettings(settings)}
`;
}
