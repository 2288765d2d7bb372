/** A running part of Breakwater: a consumer loop, an HTTP server, a job worker. Made by `services/<name>/pipeline.ts`. */
export interface Service {
  readonly name: string;
  /** Resolves when it is ready to work. */
  start(): Promise<void>;
  /** Rejects when it cannot go on; never resolves. The process then stops and its supervisor starts it anew. */
  readonly failed: Promise<never>;
  /** Records that wait for it; 0 when it has nothing to do. Servers without input answer 0. */
  lag(): Promise<bigint>;
  /** Finishes what is in flight, commits, closes what it opened. Idempotent. */
  stop(): Promise<void>;
}
