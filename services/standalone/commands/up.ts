import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Command } from 'commander';
import { logLevel } from '#shared/config/common.ts';
import { printConfig } from '#shared/config/print.ts';
import { type Environment, readConfig } from '#shared/config/read.ts';
import { createLog } from '#shared/telemetry/log.ts';
import { printProgress } from '../../../infra/stack/progress.ts';
import { shownAddress } from '../../../infra/stack/server.ts';
import { startStack } from '../../../infra/stack/stack.ts';
import { createFleet } from '../fleet.ts';
import { allServices } from '../services.ts';

const defaultDirectory = join(import.meta.dirname, '../../../.breakwater');

interface UpOptions {
  readonly directory: string;
  readonly jsonLogs: boolean;
  readonly check: boolean;
  readonly printConfig: boolean;
}

/** `breakwater up`: every service in this process, on servers that the environment names or that it starts itself. */
export function upCommand(): Command {
  return new Command('up')
    .option('-d, --directory <folder>', 'where data and logs are kept', defaultDirectory)
    .option('--json-logs', 'write the log to standard output instead of a file', false)
    .option('--check', 'say whether the settings of all services are valid, and stop', false)
    .option('--print-config', 'print the settings in force (secrets redacted), and stop', false)
    .addHelpText(
      'after',
      () => `\nEach service has settings of its own: node services/<name>/main.ts --help\n`,
    )
    .action(up);
}

async function up(options: UpOptions): Promise<void> {
  const services = await allServices();
  const tokens = missingTokens(process.env);
  const environment = { BREAKWATER_DATA: options.directory, ...tokens, ...process.env };
  if (options.check || options.printConfig) {
    for (const { name, settings } of services) {
      const config = readConfig(settings, environment);
      console.log(options.printConfig ? `# ${name}\n${printConfig(settings, config)}\n` : `${name}: valid`);
    }
    return;
  }
  const { level } = readConfig({ level: logLevel }, process.env);
  const logFile = options.jsonLogs ? undefined : join(options.directory, 'up.log');
  const interrupt = new AbortController();
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        interrupt.abort();
        resolve();
      });
    }
  });
  const stack = await startStack({
    directory: options.directory,
    signal: interrupt.signal,
    onProgress: printProgress(process.stderr),
  });
  const fleet = await createFleet(services, { ...environment, ...stack.variables }, (service) =>
    createLog(service, level, logFile),
  );
  try {
    await Promise.race([fleet.start(), fleet.failed]);
    console.log(describe(environment, tokens, stack.variables, logFile));
    await Promise.race([asked, fleet.failed]);
    console.log('stopping …');
  } finally {
    await fleet.stop();
    await stack.stop();
  }
}

/** Variables of tokens, and to whom a token belongs that a first try gets. */
const tokenHolders = { BREAKWATER_GATEWAY_TOKENS: 'default', BREAKWATER_API_TOKENS: 'local' } as const;

/** Services that need tokens get random ones when the environment has none, so that a first try just works. */
export function missingTokens(environment: Environment): Readonly<Record<string, string>> {
  const missing = Object.entries(tokenHolders).filter(([variable]) => environment[variable] === undefined);
  const token = (): string => randomBytes(18).toString('base64url');
  const made = missing.map(([variable, holder]) => [variable, `${holder}=${token()}`] as const);
  // Between two services of this process: nobody has to be told.
  return { BREAKWATER_QUESTIONS_TOKEN: token(), ...Object.fromEntries(made) };
}

/** What to do next. Only tokens that were made here are shown: those of the environment are secrets of others. */
export function describe(
  environment: Environment,
  made: Readonly<Record<string, string>>,
  addresses: Readonly<Record<string, string>>,
  logFile: string | undefined,
): string {
  const tokenOf = (variable: keyof typeof tokenHolders): string =>
    made[variable]?.slice(tokenHolders[variable].length + 1) ?? `<a token of ${variable}>`;
  const gateway = `http://127.0.0.1:${environment['BREAKWATER_GATEWAY_PORT'] ?? 8090}`;
  const api = `http://127.0.0.1:${environment['BREAKWATER_API_PORT'] ?? 8080}`;
  return `
Breakwater is up. Ctrl-C stops it.

  servers    ${Object.entries(addresses)
    .map(([name, value]) => `${name}=${shownAddress(value)}`)
    .join('  ')}
  log        ${logFile ?? 'standard output'}

Send it something:
  curl -H 'Authorization: Bearer ${tokenOf('BREAKWATER_GATEWAY_TOKENS')}' --data-binary @alert.json ${gateway}/v1/runtime

Look at what it found:
  curl -H 'Authorization: Bearer ${tokenOf('BREAKWATER_API_TOKENS')}' ${api}/v1/incidents
`;
}
