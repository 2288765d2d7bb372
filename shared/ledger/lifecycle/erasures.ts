import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { createBodyCipher } from '../bodies/body-cipher.ts';
import { BodyStore } from '../bodies/body-store.ts';
import { formatRanges } from '../evidence/ranges.ts';
import { ranges_max } from '../records/fact.ts';
import { holdOn, Holds, refused } from './holds.ts';
import { OrderFiles } from './order-file.ts';
import { leaveStep, type LifecyclePorts } from './ports.ts';
import { createSubjectMatcher } from './subject.ts';
import { leavesOfLog, logsOfTenant, type PlacedLeaf, publishedSize } from './tenant-leaves.ts';

const text = z.string().min(1).max(1_024);
const recordSchema = z.strictObject({ log: text, index: z.number().int().nonnegative() });

const erasureSchema = z.strictObject({
  id: z.string(),
  tenant: text,
  /** Whose bodies; forgotten once they are gone. */
  subject: z.string(),
  /** Single records that were named. */
  records: z.array(recordSchema),
  /** Legal basis, one word such as `gdpr-17`. */
  basis: z.string().regex(/^[a-z][a-z0-9_.-]{0,63}$/),
  reason: z.string(),
  requester: text,
  approver: z.string().default(''),
  /** What is destroyed, once that is a leaf. */
  erased: z.array(recordSchema).default([]),
  status: z.enum(['requested', 'refused', 'logged', 'done']),
});

export type Erasure = z.infer<typeof erasureSchema>;
export type ErasureOrder = Pick<Erasure, 'tenant' | 'subject' | 'records' | 'basis' | 'reason' | 'requester'>;

/** An erasure and how many bodies it is about now. */
export interface PlannedErasure extends Erasure {
  readonly bodies: number;
}

/**
 * Erasure: the keys of bodies are destroyed, leaves and proofs stay. One person asks, another approves; both are leaves,
 * and the leaf that names what is destroyed comes before anything is.
 */
export class ErasureOrders {
  readonly #ports: LifecyclePorts;
  readonly #files: OrderFiles<Erasure>;
  readonly #holds: Holds;

  constructor(ports: LifecyclePorts) {
    this.#ports = ports;
    this.#files = new OrderFiles(ports.directory, '.erasures', erasureSchema);
    this.#holds = new Holds(ports);
  }

  /** @throws BW_LIFECYCLE_REFUSED when there is nothing to erase, or a legal hold covers some of it. */
  async request(order: ErasureOrder): Promise<PlannedErasure> {
    const id = randomBytes(8).toString('hex');
    const erasure = erasureSchema.parse({ ...order, id, status: 'requested' });
    const found = await this.#find(erasure);
    if (found.length === 0) throw refused('no body is kept of what was named');
    await this.#requireFree(erasure, order.requester, found);
    await this.#leave('erasure.requested', erasure, order.requester, [
      { erasure: id, basis: erasure.basis, records: String(found.length) },
    ]);
    return { ...(await this.#files.save(erasure)), bodies: found.length };
  }

  /**
   * Erases what was asked for, as it is found now.
   * @throws BW_LIFECYCLE_REFUSED when the approver is the requester, or a legal hold has come in between.
   */
  async approve(id: string, approver: string, reason: string): Promise<PlannedErasure> {
    const erasure = this.#waiting(id);
    if (approver === erasure.requester) throw refused('who asked for an erasure cannot approve it');
    const found = await this.#find(erasure);
    await this.#requireFree(erasure, approver, found);
    const leaves = [...Map.groupBy(found, ({ log }) => log)].flatMap(([log, places]) =>
      formatRanges(
        places.map(({ index }) => index),
        ranges_max,
      ).map((ranges) => ({ erasure: id, log, leaves: ranges, basis: erasure.basis })),
    );
    await this.#leave('erasure.done', { ...erasure, reason }, approver, leaves);
    const erased = found.map(({ log, index }) => ({ log, index }));
    const logged = await this.#files.save({ ...erasure, approver, erased, status: 'logged' });
    return { ...(await this.#destroy(logged)), bodies: found.length };
  }

  async refuse(id: string, approver: string, reason: string): Promise<Erasure> {
    const erasure = this.#waiting(id);
    await this.#leave('erasure.refused', { ...erasure, reason }, approver, [{ erasure: id }]);
    return this.#files.save({ ...erasure, approver, subject: '', status: 'refused' });
  }

  /** Ends what a crash left between the leaf and the erasure. */
  async resume(): Promise<void> {
    for (const erasure of this.#files.list()) if (erasure.status === 'logged') await this.#destroy(erasure);
  }

  list(): Erasure[] {
    return this.#files.list();
  }

  async #destroy(erasure: Erasure): Promise<Erasure> {
    for (const [log, places] of Map.groupBy(erasure.erased, (place) => place.log)) {
      const { directory } = this.#ports;
      const size = publishedSize(directory, log);
      await new BodyStore(directory, log).erase(
        places.map(({ index }) => index),
        size,
      );
    }
    return this.#files.save({ ...erasure, subject: '', status: 'done' });
  }

  /** The leaves whose bodies are still kept. */
  async #find({ tenant, subject, records }: Erasure): Promise<PlacedLeaf[]> {
    const { directory, bodySecret } = this.#ports;
    const cipher = createBodyCipher(bodySecret, tenant);
    const isAbout = subject === '' ? undefined : createSubjectMatcher(bodySecret, tenant, subject);
    const named = new Set(records.map(({ log, index }) => `${log}:${index}`));
    const found: PlacedLeaf[] = [];
    for (const log of logsOfTenant(directory, tenant)) {
      const bodies = new BodyStore(directory, log).bundleReader();
      for await (const place of leavesOfLog(directory, log)) {
        const { index, leaf } = place;
        const stored = leaf.body && bodies(index, leaf.body.commitment);
        if (stored?.kind !== 'sealed') continue;
        const open = (): Buffer => cipher.open(stored.body).plaintext;
        if (named.has(`${log}:${index}`) || isAbout?.(leaf, open) === true) found.push(place);
      }
    }
    return found;
  }

  async #requireFree(erasure: Erasure, who: string, found: readonly PlacedLeaf[]): Promise<void> {
    const held = this.#holds.heldOf(erasure.tenant);
    const holds = new Set(found.flatMap((place) => holdOn(held, place)?.id ?? []));
    if (holds.size === 0) return;
    const facts = [...holds].map((hold) => ({ erasure: erasure.id, hold }));
    await this.#leave('erasure.refused', erasure, who, facts);
    throw refused(`a legal hold covers it: ${[...holds].join(', ')}`);
  }

  #leave(
    type: string,
    { tenant, reason }: Erasure,
    who: string,
    facts: readonly Readonly<Record<string, string>>[],
  ): Promise<void> {
    const outcome = type === 'erasure.refused' ? 'failure' : 'success';
    return leaveStep(this.#ports, { tenant, type, outcome, who, facts, body: { reason } });
  }

  #waiting(id: string): Erasure {
    const erasure = this.#files.get(id);
    if (erasure === undefined) throw refused(`there is no erasure ${id}`);
    if (erasure.status !== 'requested') throw refused(`the erasure ${id} is ${erasure.status}`);
    return erasure;
  }
}
