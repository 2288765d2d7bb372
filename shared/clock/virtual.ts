import type { Clock } from './clock.ts';
import type { CancelTimer, Timer } from './timer.ts';

/** Clock and timer that stand still until they are told to go on: hours pass in a test without waiting. */
export class VirtualTime implements Clock, Timer {
  #now_ms: number;
  #timers: { readonly due_ms: number; readonly call: () => void }[] = [];

  constructor(start_ms = 0) {
    this.#now_ms = start_ms;
  }

  now_ms(): number {
    return this.#now_ms;
  }

  after(delay_ms: number, call: () => void): CancelTimer {
    const timer = { due_ms: this.#now_ms + delay_ms, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Lets `duration_ms` pass: timers run in order, and what they resolve is settled before the next one. */
  async advance(duration_ms: number): Promise<void> {
    const until_ms = this.#now_ms + duration_ms;
    await settled();
    for (let timer = this.#takeDue(until_ms); timer !== undefined; timer = this.#takeDue(until_ms)) {
      this.#now_ms = timer.due_ms;
      timer.call();
      await settled();
    }
    this.#now_ms = until_ms;
  }

  #takeDue(until_ms: number): { readonly due_ms: number; readonly call: () => void } | undefined {
    const [first] = this.#timers.toSorted((a, b) => a.due_ms - b.due_ms);
    if (first === undefined || first.due_ms > until_ms) return undefined;
    this.#timers = this.#timers.filter((other) => other !== first);
    return first;
  }
}

/** Resolves when no promise callback is left to run. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
