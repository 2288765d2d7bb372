import { contactKind, firstKey } from '#shared/event/first-key.ts';
import type { NormalisedEvent } from '#shared/event/event.ts';
import type { Mark } from '#shared/event/format.ts';

/** Keys remembered; about 400 bytes each. When full, all are forgotten, and more than the first is let through. */
const keys_max = 100_000;
/** The first is let through anew in each such part of a day, so that whoever looks back a day finds it. */
const bucket_ns = 6n * 60n * 60n * 1_000_000_000n;

/**
 * Of marks that count only as the first of their kind, lets through each that is not later than all before it. So the
 * earliest of each quarter of a day always comes through, whatever the order of arrival, and few others: whoever counts
 * must look only at the earliest. Traffic within a cluster is most of all that is recorded, and nearly all of it repeats.
 */
export class Firsts {
  readonly #earliest_ns = new Map<string, bigint>();

  /** Whether a mark of an event has to be passed on; remembers that it was. */
  passes(event: NormalisedEvent, { rule, actors, targets, first_only }: Mark): boolean {
    if (first_only !== true) return true;
    const { scope, time_ns, document } = event;
    const port = document.destination?.port;
    const kind = contactKind(
      port === undefined ? '' : String(port),
      document.http?.request?.method,
      document.url?.path,
    );
    const words = firstKey(rule.id, actors ?? event.actors, targets ?? event.targets, kind);
    const key = `${time_ns / bucket_ns} ${scope}\n${words}`;
    const earliest_ns = this.#earliest_ns.get(key);
    if (earliest_ns !== undefined && time_ns > earliest_ns) return false;
    if (this.#earliest_ns.size >= keys_max) this.#earliest_ns.clear();
    this.#earliest_ns.set(key, time_ns);
    return true;
  }
}
