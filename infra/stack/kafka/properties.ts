import { kafkaSettings } from '../settings.ts';

/** The broker's property file for a single node on 127.0.0.1. */
export function brokerProperties(ports: { client: number; controller: number }, dataFolder: string): string {
  const client = `PLAINTEXT://127.0.0.1:${ports.client}`;
  const settings: Record<string, string> = {
    ...kafkaSettings,
    listeners: `${client},CONTROLLER://127.0.0.1:${ports.controller}`,
    'advertised.listeners': client,
    // Read anew at each start, so that a stack may come back on other ports.
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    'log.dirs': dataFolder,
    // A laptop, not a data centre: fewer threads, a small cleaner.
    'num.network.threads': '2',
    'num.io.threads': '4',
    'background.threads': '2',
    'log.cleaner.dedupe.buffer.size': '16777216',
  };
  return render(settings);
}

/** Console only; the process's output goes to the log file. */
export function loggingProperties(): string {
  return render({
    status: 'warn',
    'appender.console.type': 'Console',
    'appender.console.name': 'console',
    'appender.console.layout.type': 'PatternLayout',
    'appender.console.layout.pattern': '%d{ISO8601} %-5p %c{1} %m%n',
    'rootLogger.level': 'warn',
    'rootLogger.appenderRef.console.ref': 'console',
    'logger.server.name': 'kafka.server.KafkaRaftServer',
    'logger.server.level': 'info',
  });
}

function render(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('');
}
