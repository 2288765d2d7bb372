/**
 * Things done in a second, by three clocks. An engine of one thread does so many in a second as that thread does: `thread`
 * is the answer, and `wall` the same where nothing else runs. `process` also counts threads that clean memory and compile
 * meanwhile: most of what they clean are the signals, which were read outside the clock.
 */
export interface Rates {
  readonly thread: number;
  readonly wall: number;
  readonly process: number;
}

export interface Stopwatch {
  time<T>(work: () => T): T;
  rates(count: number): Rates;
}

export function createStopwatch(): Stopwatch {
  const sums = { thread_us: 0, wall_us: 0, process_us: 0 };
  return {
    time(work) {
      // Reading the CPU time of the process first makes the system bring that of the thread up to date.
      const process_start = process.cpuUsage();
      const thread_start = process.threadCpuUsage();
      const start_ms = performance.now();
      const result = work();
      sums.wall_us += (performance.now() - start_ms) * 1_000;
      sums.process_us += sum(process.cpuUsage(process_start));
      sums.thread_us += sum(process.threadCpuUsage(thread_start));
      return result;
    },
    rates: (count) => ({
      thread: (count * 1e6) / sums.thread_us,
      wall: (count * 1e6) / sums.wall_us,
      process: (count * 1e6) / sums.process_us,
    }),
  };
}

function sum({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}
