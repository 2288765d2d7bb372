import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { cacheFolder } from './folders.ts';
import { probe } from './health.ts';
import { stopServer } from './launch.ts';
import { withLock } from './lock.ts';
import { isRunning } from './processes.ts';
import { recipes } from './recipes.ts';
import { addressVariables, type ProgressListener, type ServerName, serverNames } from './server.ts';
import { readState } from './state.ts';

export interface ServerStatus {
  readonly name: ServerName;
  /** `external`: named by an environment variable; `unhealthy`: runs or is named, but does not answer. */
  readonly state: 'running' | 'stopped' | 'unhealthy' | 'external';
  readonly address: string | undefined;
  readonly version: string | undefined;
  readonly pid: number | undefined;
  readonly folder: string | undefined;
}

/** What each server of a stack's folder is doing. Starts and changes nothing. */
export function stackStatus(directory: string, environment = process.env): Promise<ServerStatus[]> {
  const state = readState(resolve(directory));
  return Promise.all(
    serverNames.map(async (name): Promise<ServerStatus> => {
      const external = environment[addressVariables[name]];
      const own = state[name];
      const isOwnRunning = own !== undefined && isRunning(own);
      const address = external || (isOwnRunning ? own.address : undefined);
      const about = { name, address, pid: isOwnRunning ? own.pid : undefined, folder: own?.folder };
      if (address === undefined) return { ...about, state: 'stopped', version: undefined };
      const healthy = { ...about, state: external ? 'external' : 'running' } as const;
      return probe(name, address).then(
        (version): ServerStatus => ({ ...healthy, version: external ? version : own?.version }),
        (): ServerStatus => ({ ...about, state: 'unhealthy', version: undefined }),
      );
    }),
  );
}

/** Stops the servers that were started in the folder; resolves to those that ran. Their data stays. */
export function stopStack(
  directory: string,
  servers: readonly ServerName[] = serverNames,
): Promise<ServerName[]> {
  const folder = resolve(directory);
  return withStackLock(folder, {}, async () => {
    const state = readState(folder);
    const running = servers.filter((name) => state[name] !== undefined && isRunning(state[name]));
    await Promise.all(
      running.map(async (name) => {
        const server = state[name];
        if (server !== undefined) await stopServer(recipes[name], server, cacheFolder(process.env));
      }),
    );
    return running;
  });
}

/** Stops the servers of the folder and removes their data and logs. Downloads stay. */
export async function resetStack(directory: string): Promise<void> {
  const folder = resolve(directory);
  await stopStack(folder);
  const state = readState(folder);
  for (const name of serverNames) {
    const server = state[name];
    if (server === undefined) continue;
    rmSync(server.folder, { recursive: true, force: true });
    // A folder elsewhere (see serverFolder) has a parent of its own.
    const parent = dirname(server.folder);
    if (parent !== folder) rmSync(parent, { recursive: true, force: true });
  }
  rmSync(join(folder, 'stack.json'), { force: true });
}

/** The end of a server's log; empty when it was never started there. */
export function stackLogs(directory: string, server: ServerName, lines_max: number): string {
  const log = stackLogFile(directory, server);
  if (log === undefined || !existsSync(log)) return '';
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-lines_max).join('\n');
}

/** Where a server writes its log; `undefined` when it was never started there. */
export function stackLogFile(directory: string, server: ServerName): string | undefined {
  return readState(resolve(directory))[server]?.log;
}

export interface StackLockOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener;
}

/** One process at a time starts and stops the servers of a folder. */
export function withStackLock<T>(
  directory: string,
  options: StackLockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const onWait = (pid: number): void => {
    for (const server of serverNames) {
      options.onProgress?.({ server, phase: 'waiting', text: `process ${pid} is busy with ${directory}` });
    }
  };
  return withLock(join(directory, 'stack.lock'), { signal: options.signal, onWait }, work);
}
