import type { Clock } from '#shared/clock/clock.ts';
import type { CancelTimer, Timer } from '#shared/clock/timer.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { Refusal, SearchOutcome, SearchWrite } from '../port.ts';
import type { SearchTelemetry, WriterState } from '../telemetry.ts';
import { backOff } from './back-off.ts';
import { classifyReply } from './classify.ts';
import { type Congestion, pressed, relieved, tooLarge, uncongested } from './congestion.ts';
import { Delivery } from './delivery.ts';
import { createItem, encodeItems, type Item } from './item.ts';
import { Judge, type Judgement } from './judge.ts';
import type { BulkLimits } from './limits.ts';
import { ItemQueue } from './queue.ts';
import { RejectionGuard } from './rejection-guard.ts';
import type { BulkReply, ItemReply } from './reply.ts';
import { halves, type Request, WaitingRequests } from './requests.ts';
import type { BulkTransport } from './transport.ts';

export interface BulkWriterOptions {
  readonly transport: BulkTransport;
  /** Puts missing templates back. May throw a BreakwaterError: then it is tried again later. */
  readonly prepare: () => Promise<void>;
  readonly limits: BulkLimits;
  readonly clock: Clock;
  readonly timer: Timer;
  /** 0 to 1. */
  readonly random: () => number;
  readonly telemetry: SearchTelemetry;
}

/**
 * Batches the documents of all callers into bulk requests and repeats what may succeed later, until every document
 * is final. While something is wrong with the server as a whole, one request at a time probes it; the rest waits.
 */
export class BulkWriter {
  readonly #options: BulkWriterOptions;
  readonly #queue = new ItemQueue();
  readonly #waiting = new WaitingRequests();
  readonly #guard: RejectionGuard;
  readonly #deliveries = new Set<Delivery>();
  #congestion: Congestion;
  #state: WriterState = 'running';
  /** While the state is not `running`, nothing is sent before. */
  #probe_ms = 0;
  #in_flight = 0;
  #cancelWake: CancelTimer = () => undefined;
  #roomMade = Promise.withResolvers<void>();
  #closed: unknown;

  constructor(options: BulkWriterOptions) {
    this.#options = options;
    this.#guard = new RejectionGuard(options.limits);
    this.#congestion = uncongested(options.limits);
  }

  /** Resolves with one outcome a write, in order, when each is final. */
  async write(writes: readonly SearchWrite[]): Promise<readonly SearchOutcome[]> {
    if (writes.length === 0) return [];
    const delivery = new Delivery(writes.length);
    const items = writes.map((write, position) => createItem(write, delivery, position));
    while (this.#closed === undefined && this.#queue.bytes >= this.#options.limits.queue_bytes_max) {
      await this.#roomMade.promise;
    }
    if (this.#closed !== undefined) throw this.#closed;
    this.#deliveries.add(delivery);
    this.#queue.push(items, this.#options.clock.now_ms());
    this.#pump();
    return delivery.result.finally(() => this.#deliveries.delete(delivery));
  }

  /** Writes that are not final end with BW_SEARCH_CLOSED. */
  close(): void {
    this.#stop(new BreakwaterError('BW_SEARCH_CLOSED', 'The search writer was closed.'));
  }

  #stop(error: unknown): void {
    if (this.#closed !== undefined) return;
    this.#closed = error;
    this.#cancelWake();
    this.#roomMade.resolve();
    for (const delivery of this.#deliveries) delivery.fail(error);
  }

  #pump(): void {
    this.#cancelWake();
    if (this.#closed !== undefined) return;
    for (let request = this.#next(); request !== undefined; request = this.#next()) {
      this.#in_flight += 1;
      this.#deliver(request).then(
        () => {
          this.#in_flight -= 1;
          this.#pump();
        },
        // Not a failure of the server: a defect. Who waits must hear of it.
        (error: unknown) => this.#stop(error),
      );
    }
    this.#sleep();
  }

  /** The request to send now, if there is one and it may be sent. */
  #next(): Request | undefined {
    const now_ms = this.#options.clock.now_ms();
    if (this.#in_flight >= this.#requestsAllowed()) return undefined;
    if (this.#state !== 'running' && now_ms < this.#probe_ms) return undefined;
    const again = this.#waiting.take(now_ms);
    if (again !== undefined) return again;
    if (this.#state !== 'running' && this.#waiting.due_ms !== undefined) return undefined;
    if (!this.#isBatchReady(now_ms)) return undefined;
    const items = this.#queue.take(this.#congestion.bulk_bytes, this.#options.limits.bulk_documents_max);
    this.#roomMade.resolve();
    this.#roomMade = Promise.withResolvers();
    return { items, attempt: 0, due_ms: now_ms };
  }

  #requestsAllowed(): number {
    return this.#state === 'running' ? Math.floor(this.#congestion.requests) : 1;
  }

  #isBatchReady(now_ms: number): boolean {
    const { oldest_ms, bytes, length } = this.#queue;
    if (oldest_ms === undefined) return false;
    // Nothing is gained by waiting for an idle server.
    if (this.#in_flight === 0) return true;
    const { linger_ms, bulk_documents_max } = this.#options.limits;
    return (
      bytes >= this.#congestion.bulk_bytes || length >= bulk_documents_max || now_ms >= oldest_ms + linger_ms
    );
  }

  /** Wakes when the next thing becomes due; what waits for an answer is woken by it. */
  #sleep(): void {
    if (this.#in_flight >= this.#requestsAllowed()) return;
    const wake_ms = this.#state === 'running' ? this.#due_ms() : this.#probeDue_ms();
    if (wake_ms === undefined) return;
    const delay_ms = Math.max(0, wake_ms - this.#options.clock.now_ms());
    this.#cancelWake = this.#options.timer.after(delay_ms, () => this.#pump());
  }

  #due_ms(): number | undefined {
    const { oldest_ms } = this.#queue;
    const lingered_ms = oldest_ms === undefined ? undefined : oldest_ms + this.#options.limits.linger_ms;
    const waiting_ms = this.#waiting.due_ms;
    if (lingered_ms === undefined || waiting_ms === undefined) return lingered_ms ?? waiting_ms;
    return Math.min(lingered_ms, waiting_ms);
  }

  /** What failed before is the probe; without it, what is queued. */
  #probeDue_ms(): number | undefined {
    const due_ms = this.#waiting.due_ms ?? this.#queue.oldest_ms;
    return due_ms === undefined ? undefined : Math.max(due_ms, this.#probe_ms);
  }

  async #deliver(request: Request): Promise<void> {
    if (this.#state === 'unprepared' && !(await this.#prepared(request))) return;
    const body = encodeItems(request.items);
    const reply = await this.#send(body, request.items.length);
    if (this.#closed !== undefined) return;
    const verdict = classifyReply(reply, request.items.length);
    switch (verdict.kind) {
      case 'items':
        return this.#judge(request, verdict.items);
      case 'retry':
        return this.#repeat(request, 'unreachable', verdict.reason, verdict.detail);
      case 'overloaded':
        this.#congestion = pressed(this.#congestion, this.#options.limits);
        return this.#repeat(request, 'overloaded', 'http_429', '', verdict.retry_after_ms);
      case 'blocked':
        return this.#repeat(request, 'blocked', 'blocked', verdict.detail);
      case 'too_large':
        this.#congestion = tooLarge(this.#congestion, body.length, this.#options.limits);
        return this.#split(request, { reason: 'too_large', detail: `${body.length} bytes` });
      case 'isolate':
        return this.#split(request, { reason: verdict.reason, detail: verdict.detail });
    }
  }

  async #send(body: Buffer, documents: number): Promise<BulkReply> {
    const { transport, telemetry, clock } = this.#options;
    telemetry.pressure(this.#queue.length + this.#waiting.documents + documents, this.#requestsAllowed());
    const started_ms = clock.now_ms();
    const reply = await transport.send(body);
    const status = reply.kind === 'answered' ? String(reply.status) : 'none';
    telemetry.bulkSent(status, documents, body.length, clock.now_ms() - started_ms);
    return reply;
  }

  /** Puts the templates back before the next try; when that fails, the request waits on. */
  async #prepared(request: Request): Promise<boolean> {
    try {
      await this.#options.prepare();
      return true;
    } catch (error) {
      if (!(error instanceof BreakwaterError)) throw error;
      this.#repeat(request, 'unprepared', 'unprepared', error.message);
      return false;
    }
  }

  /** The whole request failed: nothing but it is sent until it succeeds. */
  #repeat(request: Request, state: WriterState, reason: string, detail: string, at_least_ms = 0): void {
    this.#options.telemetry.documentsRetried(reason, request.items.length);
    this.#probe_ms = this.#sendLater(request.items, request.attempt + 1, at_least_ms);
    this.#setState(state, detail);
  }

  /** Halves until one document is left: that one is at fault. */
  #split(request: Request, refusal: Refusal): void {
    if (request.items.length > 1) {
      this.#options.telemetry.documentsRetried(refusal.reason, request.items.length);
      for (const half of halves(request, this.#options.clock.now_ms())) this.#waiting.add(half);
      return;
    }
    const judge = new Judge(this.#guard);
    for (const item of request.items) judge.refused(item, refusal);
    this.#carryOut(judge.judgement, request);
  }

  #judge(request: Request, replies: readonly ItemReply[]): void {
    const judge = new Judge(this.#guard);
    request.items.forEach((item, index) => {
      const reply = replies[index];
      if (reply !== undefined) judge.answered(item, reply);
    });
    this.#congestion = judge.judgement.overloaded
      ? pressed(this.#congestion, this.#options.limits)
      : relieved(this.#congestion, this.#options.limits);
    this.#carryOut(judge.judgement, request);
  }

  #carryOut({ safe, again, trouble, settled }: Judgement, request: Request): void {
    const { telemetry, clock } = this.#options;
    for (const [kind, documents] of settled) telemetry.documentsSettled(kind, documents);
    this.#waiting.add({ items: safe, attempt: request.attempt, due_ms: clock.now_ms() });
    for (const [reason, items] of again) {
      telemetry.documentsRetried(reason, items.length);
      this.#probe_ms = this.#sendLater(items, request.attempt + 1);
    }
    if (trouble !== undefined) this.#setState(trouble.state, trouble.detail);
    else if (settled.size > 0) this.#setState('running', '');
  }

  #sendLater(items: readonly Item[], attempt: number, at_least_ms = 0): number {
    const { clock, random, limits } = this.#options;
    const due_ms = clock.now_ms() + backOff(attempt, random(), limits, at_least_ms);
    this.#waiting.add({ items, attempt, due_ms });
    return due_ms;
  }

  #setState(state: WriterState, detail: string): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.telemetry.writerState(state, detail);
  }
}
