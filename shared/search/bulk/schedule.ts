import type { WriterState } from '../telemetry.ts';
import { backOff } from './back-off.ts';
import { type Congestion, pressed, relieved, tooLarge, uncongested } from './congestion.ts';
import type { Item } from './item.ts';
import type { BulkLimits } from './limits.ts';
import { ItemQueue } from './queue.ts';
import { halves, type Request, WaitingRequests } from './requests.ts';

/**
 * What to send when: new documents in batches, failed requests after a pause, no more at once than the server takes.
 * While something is wrong with the server as a whole, one request at a time probes it and the rest waits.
 */
export class Schedule {
  readonly #limits: BulkLimits;
  readonly #random: () => number;
  readonly #queue = new ItemQueue();
  readonly #waiting = new WaitingRequests();
  #congestion: Congestion;
  #state: WriterState = 'running';
  /** While the state is not `running`, nothing is sent before. */
  #probe_ms = 0;
  #in_flight = 0;

  /** @param random 0 to 1 */
  constructor(limits: BulkLimits, random: () => number) {
    this.#limits = limits;
    this.#random = random;
    this.#congestion = uncongested(limits);
  }

  get state(): WriterState {
    return this.#state;
  }

  set state(state: WriterState) {
    this.#state = state;
  }

  get hasRoom(): boolean {
    return this.#queue.bytes < this.#limits.queue_bytes_max;
  }

  get documents_waiting(): number {
    return this.#queue.length + this.#waiting.documents;
  }

  get requests_allowed(): number {
    return this.#state === 'running' ? Math.floor(this.#congestion.requests) : 1;
  }

  push(items: readonly Item[], now_ms: number): void {
    this.#queue.push(items, now_ms);
  }

  /** The request to send now, if there is one and it may be sent; `done` must follow. */
  next(now_ms: number): Request | undefined {
    if (this.#in_flight >= this.requests_allowed) return undefined;
    if (this.#state !== 'running' && now_ms < this.#probe_ms) return undefined;
    const request = this.#waiting.take(now_ms) ?? this.#nextBatch(now_ms);
    if (request !== undefined) this.#in_flight += 1;
    return request;
  }

  done(): void {
    this.#in_flight -= 1;
  }

  /** When `next` is worth asking again; undefined while only an answer or a new document can change that. */
  wake_ms(): number | undefined {
    if (this.#in_flight >= this.requests_allowed) return undefined;
    const waiting_ms = this.#waiting.due_ms;
    const { oldest_ms } = this.#queue;
    if (this.#state !== 'running') {
      const due_ms = waiting_ms ?? oldest_ms;
      return due_ms === undefined ? undefined : Math.max(due_ms, this.#probe_ms);
    }
    const lingered_ms = oldest_ms === undefined ? undefined : oldest_ms + this.#limits.linger_ms;
    if (lingered_ms === undefined || waiting_ms === undefined) return lingered_ms ?? waiting_ms;
    return Math.min(lingered_ms, waiting_ms);
  }

  /** Sends documents once more without a pause: in another form, or in another company. */
  sendAnew(items: readonly Item[], attempt: number, now_ms: number): void {
    this.#waiting.add({ items, attempt, due_ms: now_ms });
  }

  /** Sends documents again after a pause that grows with the attempts. */
  sendLater(items: readonly Item[], attempt: number, now_ms: number, at_least_ms = 0): void {
    const due_ms = now_ms + backOff(attempt, this.#random(), this.#limits, at_least_ms);
    this.#waiting.add({ items, attempt, due_ms });
    this.#probe_ms = due_ms;
  }

  sendHalves(request: Request, now_ms: number): void {
    for (const half of halves(request, now_ms)) this.#waiting.add(half);
  }

  /** The server refused for load. */
  slowDown(): void {
    this.#congestion = pressed(this.#congestion, this.#limits);
  }

  /** The server took a request. */
  speedUp(): void {
    this.#congestion = relieved(this.#congestion, this.#limits);
  }

  /** The server takes no requests of so many bytes. */
  shrinkBelow(bytes: number): void {
    this.#congestion = tooLarge(this.#congestion, bytes, this.#limits);
  }

  #nextBatch(now_ms: number): Request | undefined {
    if (this.#state !== 'running' && this.#waiting.due_ms !== undefined) return undefined;
    if (!this.#isBatchReady(now_ms)) return undefined;
    const items = this.#queue.take(this.#congestion.bulk_bytes, this.#limits.bulk_documents_max);
    return { items, attempt: 0, due_ms: now_ms };
  }

  #isBatchReady(now_ms: number): boolean {
    const { oldest_ms, bytes, length } = this.#queue;
    if (oldest_ms === undefined) return false;
    // Nothing is gained by waiting for an idle server.
    if (this.#in_flight === 0) return true;
    const { linger_ms, bulk_documents_max } = this.#limits;
    const isFull = bytes >= this.#congestion.bulk_bytes || length >= bulk_documents_max;
    return isFull || now_ms >= oldest_ms + linger_ms;
  }
}
