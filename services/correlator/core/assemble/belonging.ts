import type { EntityKind } from '#shared/event/entity.ts';
import { kindOf } from '../entity/kinds.ts';
import type { Reason } from '../link/reason.ts';
import type { Live } from '../live.ts';
import { toNs } from '../order.ts';
import type { Parameters } from '../parameters.ts';
import { makes } from '../resolve/makes.ts';
import { names } from '../resolve/roles.ts';
import { isOverAddressOfNode } from './joining.ts';
import type { Part } from './part.ts';
import type { Sources } from './sources.ts';
import { wasUsual } from './usual.ts';

/** Nothing attaches to an incident after it was closed, and nothing that was usual before it began. */
export function holds(bridge: Live, reason: Reason, by: Live, part: Part, sources: Sources): boolean {
  if (reason.kind === 'part') return true;
  const closed_ns = part.closed_ns.get(bridge.id);
  if (closed_ns !== undefined && by.time_ns > closed_ns) return false;
  if (isMaker(by, reason)) return true;
  if (isOfBefore(by, reason, part, sources.parameters)) return false;
  return !wasUsual(by, part, sources) && (!isOverAddress(by, reason) || callsOnlyNew(by, part, sources));
}

/** What is made by hand: workloads and pods. */
const madeKinds: readonly EntityKind[] = ['workload', 'pod', 'pod_name'];

/** Whether a signal is the request that made what the attack runs in: somebody may make such every day. */
function isMaker(by: Live, { kind, entity }: Reason): boolean {
  if (kind !== 'caused' || entity === undefined || !names(by, entity)) return false;
  return madeKinds.includes(kindOf(entity)) && makes(by.signal);
}

/**
 * Whether a signal tells what something did before the attack came to it: of the first that an incident tells of it, it
 * suffers.
 */
function isOfBefore(by: Live, { kind, entity }: Reason, { bridges }: Part, { skew_ms }: Parameters): boolean {
  if (kind !== 'actor' || entity === undefined) return false;
  for (const { time_ns, roles } of bridges) {
    if (time_ns <= by.time_ns + toNs(skew_ms)) {
      if (roles.some((role) => role.entity === entity)) return false;
      continue;
    }
    const role = roles.find((candidate) => candidate.entity === entity);
    if (role !== undefined) return role.source && !role.sink;
  }
  return false;
}

function isOverAddress({ roles }: Live, { entity }: Reason): boolean {
  const role = roles.find((candidate) => candidate.entity === entity);
  return role !== undefined && isOverAddressOfNode(role);
}

/** Whether nobody called the peers of a flow before the incident began. */
function callsOnlyNew({ peers, time_ns }: Live, part: Part, { population, parameters }: Sources): boolean {
  const [first] = part.bridges;
  if (first === undefined) return false;
  const { habit_lead_ms, habit_lookback_ms } = parameters.attach;
  const [from_ns, to_ns] = [time_ns - toNs(habit_lookback_ms), first.time_ns - toNs(habit_lead_ms)];
  return peers.every((peer) => !population.habits.seenBetween(peer, from_ns, to_ns));
}
