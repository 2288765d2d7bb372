import type { Reason } from '../core/link/reason.ts';
import type { ContextEntry, Verdict } from '../core/model.ts';
import { attachment, mayJoin, wasUsual } from './attach.ts';
import { contextFor } from './context.ts';
import type { OraclePart } from './parts.ts';
import { before, type Resolved } from './signals.ts';
import { verdictOf } from './verdict.ts';
import type { World } from './world.ts';

/** A part with all that joined it. */
export interface GatheredPart {
  readonly members: readonly Resolved[];
  readonly reasons: ReadonlyMap<string, Reason>;
  readonly elsewhere: ReadonlySet<string>;
  readonly context: readonly ContextEntry[];
  readonly verdict: Verdict;
}

export function gatherPart(part: OraclePart, world: World): GatheredPart {
  const { all, bridges, parameters } = world;
  const reasons = new Map(part.reasons);
  const attached: Resolved[] = [];
  const elsewhere = new Set<string>();
  for (const event of new Set(all.map(({ signal }) => signal.event.id))) {
    const ofEvent = all.filter(({ signal }) => signal.event.id === event);
    const attaching = ofEvent.filter(({ role }) => role === 'attach');
    const teller = bridges.find(({ signal }) => signal.event.id === event);
    const isTouched = part.bridges.some(({ signal }) => signal.event.id === event);
    if (teller !== undefined) {
      if (isTouched && !part.bridges.includes(teller)) elsewhere.add(event);
      if (!part.bridges.includes(teller)) continue;
      for (const one of attaching) {
        attached.push(one);
        reasons.set(one.id, { kind: 'event', with: teller.id, entity: undefined, facts: [] });
      }
      continue;
    }
    const winner = attachment(attaching, world);
    if (winner === undefined || !part.bridges.includes(winner.to) || !mayJoin(winner, part, world)) continue;
    for (const one of attaching) {
      attached.push(one);
      const same: Reason = { kind: 'event', with: winner.by.id, entity: undefined, facts: [] };
      reasons.set(one.id, one === winner.by ? winner.reason : same);
    }
  }
  const members = [...part.bridges, ...attached].sort(before);
  const weighty = part.bridges.filter(({ moves }) => !moves);
  const { posture } = contextFor(weighty, () => false, world);
  const { context } = contextFor(members, (about) => wasUsual(about, part, world), world);
  const verdict = verdictOf(weighty, posture, part.groups.length > 0, parameters);
  return { members, reasons, elsewhere, context, verdict };
}
