import type { Clock } from '#shared/clock/clock.ts';
import type { CancelTimer, Timer } from '#shared/clock/timer.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { Refusal, SearchOutcome, SearchWrite } from '../port.ts';
import type { SearchTelemetry, WriterState } from '../telemetry.ts';
import { classifyReply } from './classify.ts';
import { Delivery } from './delivery.ts';
import { createItem, encodeItems } from './item.ts';
import { Judge } from './judge.ts';
import type { BulkLimits } from './limits.ts';
import { RejectionGuard } from './rejection-guard.ts';
import type { BulkReply, ItemReply } from './reply.ts';
import type { Request } from './requests.ts';
import { Schedule } from './schedule.ts';
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
 * is final.
 */
export class BulkWriter {
  readonly #options: BulkWriterOptions;
  readonly #schedule: Schedule;
  readonly #guard: RejectionGuard;
  readonly #deliveries = new Set<Delivery>();
  #cancelWake: CancelTimer = () => undefined;
  #roomMade = Promise.withResolvers<void>();
  #closed: unknown;

  constructor(options: BulkWriterOptions) {
    this.#options = options;
    this.#schedule = new Schedule(options.limits, options.random);
    this.#guard = new RejectionGuard(options.limits);
  }

  /** Resolves with one outcome a write, in order, when each is final. */
  async write(writes: readonly SearchWrite[]): Promise<readonly SearchOutcome[]> {
    if (writes.length === 0) return [];
    const delivery = new Delivery(writes.length);
    const items = writes.map((write, position) => createItem(write, delivery, position));
    while (this.#closed === undefined && !this.#schedule.hasRoom) await this.#roomMade.promise;
    if (this.#closed !== undefined) throw this.#closed;
    this.#deliveries.add(delivery);
    this.#schedule.push(items, this.#now_ms());
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

  /** Sends what may be sent, and wakes when the next thing becomes due. */
  #pump(): void {
    this.#cancelWake();
    if (this.#closed !== undefined) return;
    const schedule = this.#schedule;
    for (
      let request = schedule.next(this.#now_ms());
      request !== undefined;
      request = schedule.next(this.#now_ms())
    ) {
      this.#deliver(request).then(
        () => {
          schedule.done();
          this.#pump();
        },
        // Not a failure of the server: a defect. Who waits must hear of it.
        (error: unknown) => this.#stop(error),
      );
    }
    this.#roomMade.resolve();
    this.#roomMade = Promise.withResolvers();
    const wake_ms = schedule.wake_ms();
    if (wake_ms === undefined) return;
    const delay_ms = Math.max(0, wake_ms - this.#now_ms());
    this.#cancelWake = this.#options.timer.after(delay_ms, () => this.#pump());
  }

  async #deliver(request: Request): Promise<void> {
    if (this.#schedule.state === 'unprepared' && !(await this.#prepared(request))) return;
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
        this.#schedule.slowDown();
        return this.#repeat(request, 'overloaded', 'http_429', '', verdict.retry_after_ms);
      case 'blocked':
        return this.#repeat(request, 'blocked', 'blocked', verdict.detail);
      case 'too_large':
        this.#schedule.shrinkBelow(body.length);
        return this.#split(request, { reason: 'too_large', detail: `${body.length} bytes` });
      case 'isolate':
        return this.#split(request, { reason: verdict.reason, detail: verdict.detail });
    }
  }

  async #send(body: Buffer, documents: number): Promise<BulkReply> {
    const { transport, telemetry } = this.#options;
    telemetry.pressure(this.#schedule.documents_waiting + documents, this.#schedule.requests_allowed);
    const started_ms = this.#now_ms();
    const reply = await transport.send(body);
    const status = reply.kind === 'answered' ? String(reply.status) : 'none';
    telemetry.bulkSent(status, documents, body.length, this.#now_ms() - started_ms);
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
    this.#schedule.sendLater(request.items, request.attempt + 1, this.#now_ms(), at_least_ms);
    this.#setState(state, detail);
  }

  /** Halves until one document is left: that one is at fault. */
  #split(request: Request, refusal: Refusal): void {
    if (request.items.length > 1) {
      this.#options.telemetry.documentsRetried(refusal.reason, request.items.length);
      this.#schedule.sendHalves(request, this.#now_ms());
      return;
    }
    const judge = new Judge(this.#guard);
    for (const item of request.items) judge.refused(item, refusal);
    this.#carryOut(judge, request);
  }

  #judge(request: Request, replies: readonly ItemReply[]): void {
    const judge = new Judge(this.#guard);
    request.items.forEach((item, index) => {
      const reply = replies[index];
      if (reply !== undefined) judge.answered(item, reply);
    });
    if (judge.judgement.overloaded) this.#schedule.slowDown();
    else this.#schedule.speedUp();
    this.#carryOut(judge, request);
  }

  #carryOut({ judgement: { safe, again, trouble, settled } }: Judge, { attempt }: Request): void {
    const { telemetry } = this.#options;
    for (const [kind, documents] of settled) telemetry.documentsSettled(kind, documents);
    this.#schedule.sendAnew(safe, attempt, this.#now_ms());
    for (const [reason, items] of again) {
      telemetry.documentsRetried(reason, items.length);
      this.#schedule.sendLater(items, attempt + 1, this.#now_ms());
    }
    if (trouble !== undefined) this.#setState(trouble.state, trouble.detail);
    else if (settled.size > 0) this.#setState('running', '');
  }

  #setState(state: WriterState, detail: string): void {
    if (state === this.#schedule.state) return;
    this.#schedule.state = state;
    this.#options.telemetry.writerState(state, detail);
  }

  #now_ms(): number {
    return this.#options.clock.now_ms();
  }
}
