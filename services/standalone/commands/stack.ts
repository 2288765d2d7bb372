import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { resetStack, stackLogFile, stackLogs, stackStatus, stopStack } from '../../../infra/stack/control.ts';
import { printProgress } from '../../../infra/stack/progress.ts';
import { type ServerName, serverNames, serverTitles, shownAddress } from '../../../infra/stack/server.ts';
import { startStack } from '../../../infra/stack/stack.ts';

/** What shells report for a program that Ctrl-C ended. */
const exit_code_interrupted = 130;
const defaultDirectory = join(import.meta.dirname, '../../../.breakwater');

interface DirectoryOptions {
  readonly directory: string;
}

/** `breakwater stack …`: real Kafka, Elasticsearch and Redis on this computer, without containers. */
export function stackCommand(): Command {
  const command = new Command('stack').description('run Kafka, Elasticsearch and Redis on this computer');
  const add = (name: string, description: string): Command =>
    command
      .command(name)
      .description(description)
      .option('-d, --directory <folder>', 'where data and logs are kept', defaultDirectory);
  add('up', 'start what does not run yet, and wait until all of it is healthy').action(up);
  add('down', 'stop the servers; data stays').action(down);
  add('status', 'what runs, where, and whether it is healthy').action(status);
  add('reset', 'stop the servers and remove their data').action(reset);
  add('logs', 'the end of a server log')
    .addArgument(new Argument('<server>').choices(serverNames))
    .addOption(new Option('-n, --lines <count>', 'how many lines').argParser(Number).default(100))
    .option('-f, --follow', 'go on until interrupted', false)
    .action(logs);
  return command;
}

async function up({ directory }: DirectoryOptions): Promise<void> {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
  const onProgress = printProgress(process.stderr);
  try {
    const stack = await startStack({ directory, lifetime: 'detached', signal: interrupt.signal, onProgress });
    for (const [name, value] of Object.entries(stack.variables)) console.log(`${name}=${value}`);
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    console.error('interrupted: what was started is stopped again');
    process.exitCode = exit_code_interrupted;
  }
}

async function down({ directory }: DirectoryOptions): Promise<void> {
  const stopped = await stopStack(directory);
  console.log(stopped.length === 0 ? 'nothing was running' : `stopped ${stopped.join(', ')}`);
}

async function status({ directory }: DirectoryOptions): Promise<void> {
  for (const server of await stackStatus(directory)) {
    const { version = '', address = '', pid, folder } = server;
    const title = `${serverTitles[server.name]} ${version}`.trim().padEnd(22);
    const where = [shownAddress(address), pid === undefined ? '' : `process ${pid}`, folder ?? ''].filter(
      (part) => part !== '',
    );
    console.log(`${title} ${server.state.padEnd(9)} ${where.join('  ')}`.trimEnd());
  }
}

async function reset({ directory }: DirectoryOptions): Promise<void> {
  await resetStack(directory);
  console.log(`removed the data of the servers in ${directory}`);
}

interface LogOptions extends DirectoryOptions {
  readonly lines: number;
  readonly follow: boolean;
}

async function logs(server: ServerName, { directory, lines, follow }: LogOptions): Promise<void> {
  const file = stackLogFile(directory, server);
  if (file === undefined) console.log(`${serverTitles[server]} was never started in ${directory}`);
  else if (follow) await once(spawn('tail', ['-n', String(lines), '-F', file], { stdio: 'inherit' }), 'exit');
  else console.log(stackLogs(directory, server, lines));
}
