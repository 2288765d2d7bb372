/** What runs beside the reader: at intervals, or once. The first failure stops the service. */
export class Background {
  readonly #timers: NodeJS.Timeout[] = [];
  /** What was begun and has not ended. */
  readonly #running = new Set<Promise<void>>();
  readonly #failed = Promise.withResolvers<never>();
  #hasFailed = false;

  constructor() {
    // Whoever waits for `failed` hears of it; nobody has to.
    this.#failed.promise.catch(() => undefined);
  }

  /** Rejects with the first failure of what runs beside; never resolves. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** Whether anything failed, what was only noticed included. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Runs a task at an interval, if there is one. A task that takes longer than that is not begun a second time. */
  every(interval_ms: number | undefined, task: () => Promise<void>): void {
    if (interval_ms === undefined) return;
    let running = false;
    const tick = async (): Promise<void> => {
      if (running) return;
      running = true;
      await task();
      running = false;
    };
    this.#timers.push(setInterval(() => this.run(tick), interval_ms));
  }

  run(task: () => Promise<void>): void {
    const running = this.noticing(task).catch((error: unknown) => this.#failed.reject(error));
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
  }

  /** Runs what somebody else hears the failure of. */
  async noticing(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  /** No interval begins anew. */
  stopTimers(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** Resolves when what was begun until now has ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#running);
  }
}
