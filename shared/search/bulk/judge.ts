import type { Refusal, SearchOutcome } from '../port.ts';
import type { WriterState } from '../telemetry.ts';
import { classifyItem } from './classify.ts';
import { fullForm, type Item, safeForm } from './item.ts';
import type { RejectionGuard } from './rejection-guard.ts';
import type { ItemReply } from './reply.ts';

/** What is left to do after the items of an answer were judged; everything else is final. */
export interface Judgement {
  /** Refused in the full form: to be sent in the safe form at once. */
  readonly safe: readonly Item[];
  /** To be sent again after a while, by reason. */
  readonly again: ReadonlyMap<string, readonly Item[]>;
  readonly overloaded: boolean;
  /** Why the writer as a whole must stop; undefined when it may go on. */
  readonly trouble: { readonly state: WriterState; readonly detail: string } | undefined;
  readonly settled: ReadonlyMap<SearchOutcome['kind'], number>;
}

const written: SearchOutcome = { kind: 'written' };
const duplicate: SearchOutcome = { kind: 'duplicate' };

/** Settles what is final and collects the rest. */
export class Judge {
  readonly #guard: RejectionGuard;
  readonly #safe: Item[] = [];
  readonly #again = new Map<string, Item[]>();
  readonly #settled = new Map<SearchOutcome['kind'], number>();
  #overloaded = false;
  #trouble: Judgement['trouble'];

  constructor(guard: RejectionGuard) {
    this.#guard = guard;
  }

  get judgement(): Judgement {
    return {
      safe: this.#safe,
      again: this.#again,
      overloaded: this.#overloaded,
      trouble: this.#trouble,
      settled: this.#settled,
    };
  }

  /** Judges one document by what the server says of it. */
  answered(item: Item, reply: ItemReply): void {
    const verdict = classifyItem(item.write.action, reply);
    switch (verdict.kind) {
      case 'written':
        this.#settle(item, item.refusal === undefined ? written : { kind: 'degraded', ...item.refusal });
        return;
      case 'duplicate':
        this.#settle(item, duplicate);
        return;
      case 'transient':
        this.#overloaded ||= verdict.overloaded;
        this.#sendAgain(verdict.reason, item);
        return;
      case 'unprepared':
      case 'blocked':
        this.#trouble = { state: verdict.kind, detail: verdict.detail };
        this.#sendAgain(verdict.kind, item);
        return;
      case 'refused':
        this.refused(item, { reason: verdict.reason, detail: verdict.detail });
    }
  }

  /** The document itself is not acceptable: its safe form is next, or it is rejected, if not too many are. */
  refused(item: Item, refusal: Refusal): void {
    const safe = safeForm(item, refusal);
    if (safe !== undefined) {
      this.#safe.push(safe);
    } else if (this.#guard.allows()) {
      this.#settle(item, { kind: 'rejected', ...(item.refusal ?? refusal) });
    } else {
      this.#trouble = { state: 'halted', detail: `${refusal.reason}: ${refusal.detail}` };
      this.#sendAgain('halted', fullForm(item));
    }
  }

  #settle(item: Item, outcome: SearchOutcome): void {
    this.#guard.note(outcome.kind === 'rejected');
    this.#settled.set(outcome.kind, (this.#settled.get(outcome.kind) ?? 0) + 1);
    item.delivery.settle(item.position, outcome);
  }

  #sendAgain(reason: string, item: Item): void {
    const items = this.#again.get(reason);
    if (items === undefined) this.#again.set(reason, [item]);
    else items.push(item);
  }
}
