import { resolve } from 'node:path';
import { BreakwaterError, messageOf } from '#shared/errors/error.ts';
import { stopStack, withStackLock } from './control.ts';
import { probe } from './health.ts';
import { type LaunchContext, type Launched, launch } from './launch.ts';
import { recipes } from './recipes.ts';
import { runningServer } from './running-server.ts';
import {
  addressVariables,
  type Lifetime,
  type ProgressListener,
  type RunningServer,
  type ServerName,
  serverNames,
  serverTitles,
  shownAddress,
  type Tuning,
} from './server.ts';
import { toolboxes } from './toolbox.ts';

export interface StackOptions {
  /** Holds data, logs and the record of what runs; one stack a folder. */
  readonly directory: string;
  /** All three unless said otherwise. */
  readonly servers?: readonly ServerName[];
  /** `process` unless said otherwise. */
  readonly lifetime?: Lifetime;
  /** Unless said otherwise `start` for servers that end with the process, `throughput` for those that stay. */
  readonly tuning?: Tuning;
  readonly onProgress?: ProgressListener;
  /** Gives up: what this call started is stopped, and the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly environment?: NodeJS.ProcessEnv;
}

/** Healthy servers. Reading one that was not in `servers` throws `BW_STACK_START_FAILED`. */
export interface RunningStack {
  readonly kafka: RunningServer & { readonly brokers: string };
  readonly elasticsearch: RunningServer & { readonly url: string };
  readonly redis: RunningServer & { readonly url: string };
  readonly servers: readonly RunningServer[];
  /** The addresses as environment variables, for services and tests. */
  readonly variables: Readonly<Record<string, string>>;
  /** Stops what this call started; servers that were found running, and external ones, go on. */
  stop(): Promise<void>;
}

/**
 * Brings up the servers of a folder, all at once: fetches what is missing, starts what does not run, and resolves when
 * all are healthy. Calling it again finds them running. A server that an environment variable names is only asked for
 * its health. Throws the `BW_STACK_*` errors; then nothing that this call started is left running.
 */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  const directory = resolve(options.directory);
  const environment = options.environment ?? process.env;
  const onProgress = options.onProgress ?? (() => undefined);
  const failure = new AbortController();
  const signal = AbortSignal.any([failure.signal, ...(options.signal ? [options.signal] : [])]);
  const toolboxOf = toolboxes({ environment, signal, onProgress });
  const started: RunningServer[] = [];

  const bring = async (name: ServerName): Promise<void> => {
    const lifetime = options.lifetime ?? 'process';
    const tuning = options.tuning ?? (lifetime === 'process' ? 'start' : 'throughput');
    const context: LaunchContext = { directory, lifetime, tuning, toolbox: toolboxOf(name), onProgress };
    const external = environment[addressVariables[name]];
    const launched = external ? await askExternal(name, external) : await launch(recipes[name], context);
    const { address, version } = launched;
    onProgress({
      server: name,
      phase: 'ready',
      text: `${serverTitles[name]} ${version} at ${shownAddress(address)}`,
    });
    started.push(runningServer(name, launched, context));
  };
  // The first failure ends the others; it, not theirs, is what the caller is told.
  const bringOrAbort = (name: ServerName): Promise<void> =>
    bring(name).catch((error: unknown) => failure.abort(error));

  await withStackLock(directory, { signal, onProgress }, () =>
    Promise.all((options.servers ?? serverNames).map(bringOrAbort)),
  );
  const stop = async (): Promise<void> => {
    const own = started.filter((server) => server.origin === 'started').map((server) => server.name);
    await stopStack(directory, own);
  };
  if (!signal.aborted) return runningStack(started, stop);
  await stop();
  throw signal.reason;
}

async function askExternal(name: ServerName, address: string): Promise<Launched> {
  const version = await probe(name, address).catch((cause: unknown) => {
    const reason = messageOf(cause);
    const message = `${serverTitles[name]} at ${shownAddress(address)} (${addressVariables[name]}) does not answer: ${reason}`;
    throw new BreakwaterError('BW_STACK_UNREACHABLE', message, {}, cause);
  });
  return { address, version: version ?? '(external)', origin: 'external' };
}

function runningStack(servers: readonly RunningServer[], stop: () => Promise<void>): RunningStack {
  const find = (name: ServerName): RunningServer => {
    const found = servers.find((server) => server.name === name);
    if (found !== undefined) return found;
    throw new BreakwaterError('BW_STACK_START_FAILED', `${serverTitles[name]} was not asked for`);
  };
  return {
    servers,
    get kafka() {
      const kafka = find('kafka');
      return { ...kafka, brokers: kafka.address };
    },
    get elasticsearch() {
      const elasticsearch = find('elasticsearch');
      return { ...elasticsearch, url: elasticsearch.address };
    },
    get redis() {
      const redis = find('redis');
      return { ...redis, url: redis.address };
    },
    variables: Object.fromEntries(servers.map((server) => [addressVariables[server.name], server.address])),
    stop,
  };
}
