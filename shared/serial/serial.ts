/** Runs tasks one after the other, in the order in which they were given; one that fails does not stop the next. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve();

  run<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(task);
    // A failure reaches the caller through `result`; here only its end matters.
    this.#last = result.then(ended, ended);
    return result;
  }
}

function ended(): void {
  // Nothing to do.
}
