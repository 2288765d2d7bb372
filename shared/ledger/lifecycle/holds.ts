import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { BreakwaterError } from '#shared/errors/error.ts';
import { covers, type HoldScope } from '../evidence/hold-scope.ts';
import { splitFacts } from '../records/leaf.ts';
import { OrderFiles } from './order-file.ts';
import { leaveStep, type LifecyclePorts } from './ports.ts';
import type { PlacedLeaf } from './tenant-leaves.ts';

const text = z.string().min(1).max(1_024);
const digits = z.string().regex(/^\d{1,20}$/);

export const scopeSchema = z.strictObject({
  log: text.optional(),
  index_first: digits.optional(),
  index_next: digits.optional(),
  from_us: digits.optional(),
  until_us: digits.optional(),
  held_types: text.optional(),
  held_incident: text.optional(),
  held_subject: text.optional(),
}) satisfies z.ZodType<HoldScope>;

const holdSchema = z.strictObject({
  id: z.string(),
  tenant: text,
  scope: scopeSchema,
  reason: text,
  owner: text,
  placed_ms: z.number(),
  status: z.enum(['held', 'release asked', 'released']),
  /** Who asked for its release; somebody else agrees to it. */
  release_asked_by: z.string().default(''),
});

export type Hold = z.infer<typeof holdSchema>;

export interface HoldOrder {
  readonly tenant: string;
  readonly scope: HoldScope;
  readonly reason: string;
  readonly owner: string;
}

/** Legal holds: what they cover is neither erased nor pruned until two people have released it. */
export class Holds {
  readonly #ports: LifecyclePorts;
  readonly #files: OrderFiles<Hold>;

  constructor(ports: LifecyclePorts) {
    this.#ports = ports;
    this.#files = new OrderFiles(ports.directory, '.holds', holdSchema);
  }

  /** @throws BW_LIFECYCLE_REFUSED when a leaf could not say what the hold covers. */
  async place(order: HoldOrder): Promise<Hold> {
    const unsaid = Object.keys(splitFacts('hold.placed', definedOf(order.scope)).hidden);
    if (unsaid.length > 0) throw refused(`a leaf cannot show this: ${unsaid.join(', ')}`);
    const id = randomBytes(8).toString('hex');
    const placed_ms = this.#ports.clock.now_ms();
    const hold = holdSchema.parse({ ...order, id, placed_ms, status: 'held' });
    // In force from the first moment, also when the leaf has to wait.
    await this.#files.save(hold);
    await leaveStep(this.#ports, {
      tenant: hold.tenant,
      type: 'hold.placed',
      who: hold.owner,
      facts: [{ hold: id, ...definedOf(hold.scope) }],
      body: { reason: hold.reason },
    });
    return hold;
  }

  /** The first of two people who release a hold. @throws BW_LIFECYCLE_REFUSED when it is not in force. */
  async askRelease(id: string, who: string, reason: string): Promise<Hold> {
    const hold = this.#inForce(id);
    await leaveStep(this.#ports, {
      tenant: hold.tenant,
      type: 'hold.release_asked',
      who,
      facts: [{ hold: id }],
      body: { reason },
    });
    return this.#files.save({ ...hold, status: 'release asked', release_asked_by: who });
  }

  /** The second. @throws BW_LIFECYCLE_REFUSED when nobody asked, or the same person did. */
  async release(id: string, who: string, reason: string): Promise<Hold> {
    const hold = this.#inForce(id);
    if (hold.status !== 'release asked') throw refused(`nobody has asked to release the hold ${id}`);
    if (hold.release_asked_by === who) throw refused('who asked for the release cannot agree to it');
    await leaveStep(this.#ports, {
      tenant: hold.tenant,
      type: 'hold.released',
      who,
      facts: [{ hold: id }],
      body: { reason, asked_by: hold.release_asked_by },
    });
    return this.#files.save({ ...hold, status: 'released' });
  }

  list(): Hold[] {
    return this.#files.list();
  }

  /** What is held of a tenant now. */
  heldOf(tenant: string): Hold[] {
    return this.list().filter((hold) => hold.tenant === tenant && hold.status !== 'released');
  }

  #inForce(id: string): Hold {
    const hold = this.#files.get(id);
    if (hold === undefined) throw refused(`there is no hold ${id}`);
    if (hold.status === 'released') throw refused(`the hold ${id} is released`);
    return hold;
  }
}

/** The first of these holds that covers a leaf. */
export function holdOn(holds: readonly Hold[], { log, index, leaf }: PlacedLeaf): Hold | undefined {
  return holds.find(({ scope }) => covers(scope, log, index, leaf));
}

export function refused(why: string): BreakwaterError {
  return new BreakwaterError('BW_LIFECYCLE_REFUSED', why);
}

function definedOf(scope: HoldScope): Record<string, string> {
  return Object.fromEntries(
    Object.entries(scope).flatMap(([fact, value]: [string, string | undefined]) =>
      value === undefined ? [] : [[fact, value] satisfies [string, string]],
    ),
  );
}
