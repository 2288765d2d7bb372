/** The servers that Breakwater stands on. */
export const serverNames = ['kafka', 'elasticsearch', 'redis'] as const;
export type ServerName = (typeof serverNames)[number];

/** `process`: ends with the process that started it, however that dies (Linux). `detached`: runs until `stopStack`. */
export type Lifetime = 'process' | 'detached';

/**
 * `start`: the JVMs compile quickly and not well, which halves the work until they are ready. `throughput`: as in
 * production; pays after some hundred thousand documents, and is the one to measure.
 */
export type Tuning = 'start' | 'throughput';

/** What is happening to one server, for people; `bytes_*` while something is fetched. */
export interface Progress {
  readonly server: ServerName;
  readonly phase: 'waiting' | 'installing' | 'downloading' | 'starting' | 'ready';
  readonly text: string;
  readonly bytes_done?: number;
  readonly bytes_total?: number;
}
export type ProgressListener = (progress: Progress) => void;

/** `started` by this call, found `running` from an earlier one, or `external`: named by an environment variable. */
export type Origin = 'started' | 'running' | 'external';

/** One healthy server. The functions are for fault drills; they throw `BW_STACK_START_FAILED` for an external one. */
export interface RunningServer {
  readonly name: ServerName;
  /** Of an external Kafka the release, as `4.3`; `(external)` where a server does not tell. */
  readonly version: string;
  readonly origin: Origin;
  /** As the environment variable of this server has it. */
  readonly address: string;
  /** SIGKILL; resolves when the process is gone. Its data stays. */
  kill(): Promise<void>;
  /** Stops it if it runs and starts it on the same ports and data; resolves when it is healthy. */
  restart(): Promise<void>;
  /** SIGSTOP: it keeps its connections and answers nothing. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
}

/** The variable that names an existing server to use instead of a local one. */
export const addressVariables: Readonly<Record<ServerName, string>> = {
  kafka: 'KAFKA_BROKERS',
  elasticsearch: 'ELASTICSEARCH_URL',
  redis: 'REDIS_URL',
};

export const serverTitles: Readonly<Record<ServerName, string>> = {
  kafka: 'Kafka',
  elasticsearch: 'Elasticsearch',
  redis: 'Redis',
};

/** An address for people: without the password that a URL may carry. */
export function shownAddress(address: string): string {
  return address.replace(/\/\/[^/@]*@/, '//…@');
}
