/** Bytes of requests that may wait for Kafka's acknowledgement at once; beyond it senders are told to come back. */
export const pending_bytes_max = 64 * 1024 * 1024;

/** Bounds what waits for Kafka: `enter` says no instead of queueing. */
export class AdmissionGate {
  readonly #limit_bytes: number;
  #pending_bytes = 0;

  constructor(limit_bytes: number = pending_bytes_max) {
    this.#limit_bytes = limit_bytes;
  }

  enter(bytes: number): boolean {
    if (this.#pending_bytes > 0 && this.#pending_bytes + bytes > this.#limit_bytes) return false;
    this.#pending_bytes += bytes;
    return true;
  }

  leave(bytes: number): void {
    this.#pending_bytes -= bytes;
  }

  get pending_bytes(): number {
    return this.#pending_bytes;
  }
}
