import type { EntityKind } from '#shared/event/entity.ts';
import type { Assembly } from '../assembly.ts';
import { kindOf } from '../entity/kinds.ts';
import type { Intake } from '../intake/intake.ts';
import { anchorOf } from '../intake/flood.ts';
import type { Live } from '../live.ts';
import type { Reason } from '../link/reason.ts';
import type { Flood, Verdict } from '../model.ts';
import { bucketOf, byTime, compareText, toNs } from '../order.ts';
import type { Parameters } from '../parameters.ts';
import type { Population } from '../population.ts';
import { type Guise, isPersonal } from '../resolve/habit.ts';
import { makes } from '../resolve/makes.ts';
import { names } from '../resolve/roles.ts';
import { weigh } from '../score/score.ts';
import { type ContextAbout, contextOf, postureOfAll } from './context.ts';
import { isOverAddressOfNode } from './joining.ts';
import type { Attached, Gathered, Judged, Part } from './part.ts';

/** Where the things that belong to an incident are looked up. */
export interface Sources {
  readonly population: Population;
  readonly assembly: Assembly;
  readonly intake: Intake;
  readonly parameters: Parameters;
}

/** Weighs a part. Only bridge signals that are no mere moves, and the posture of what they name, count. */
export function judge(part: Part, { population, parameters }: Sources): Judged {
  const weighty = part.bridges.filter(({ moves }) => !moves);
  const posture = postureOfAll(weighty, contextAboutIn(population), parameters);
  return { posture, verdict: weigh(weighty, posture, part.groups.length > 0, parameters) };
}

/** Gathers what belongs to a part: attach signals, context, floods. */
export function gather(part: Part, verdict: Verdict, sources: Sources): Gathered {
  const { population, parameters } = sources;
  const { attached, told_elsewhere } = attachedTo(part, sources);
  const members = [...part.bridges, ...attached.map(({ live }) => live)].sort(byTime);
  const isUsual = (live: Live): boolean => wasUsual(live, part, sources);
  const context = contextOf(members, contextAboutIn(population), isUsual, parameters);
  return { part, attached, told_elsewhere, context, verdict, floods: floodsOf(members, sources) };
}

const noContext: ReadonlySet<Live> = new Set();

function contextAboutIn(population: Population): ContextAbout {
  return (entity) => population.known(entity)?.contexts ?? noContext;
}

/** Attach signals of the part's own events, and events that are linked to its bridge signals. */
function attachedTo(part: Part, sources: Sources): Pick<Gathered, 'attached' | 'told_elsewhere'> {
  const { population, assembly } = sources;
  const attached: Attached[] = [];
  const told_elsewhere = new Set<string>();
  const own = new Set(part.bridges.map(({ id }) => id));
  const seen = new Set<string>();
  for (const bridge of part.bridges) {
    const event_id = bridge.signal.event.id;
    if (!seen.has(event_id)) {
      seen.add(event_id);
      const event = population.event(event_id);
      const teller = event?.bridges[0];
      if (teller !== undefined && !own.has(teller.id)) told_elsewhere.add(event_id);
      else if (teller !== undefined) {
        const reason: Reason = { kind: 'event', with: teller.id, entity: undefined, facts: [] };
        for (const live of event?.attaching ?? []) attached.push({ live, reason });
      }
    }
    for (const linked of assembly.attachedTo(bridge.id))
      attached.push(...attachedEvent(linked, part, sources));
  }
  return { attached, told_elsewhere };
}

/** The attach signals of one event, when the link that draws them holds for this incident. */
function attachedEvent(event_id: string, part: Part, sources: Sources): readonly Attached[] {
  const known = sources.assembly.attachmentOfEvent(event_id);
  if (
    known === undefined ||
    !holds(known.attachment.bridge, known.attachment.reason, known.by, part, sources)
  )
    return [];
  const same: Reason = { kind: 'event', with: known.by.id, entity: undefined, facts: [] };
  return (sources.population.event(event_id)?.attaching ?? []).map((live) => ({
    live,
    reason: live.id === known.by.id ? known.attachment.reason : same,
  }));
}

/** Nothing attaches to an incident after it was closed, and nothing that was usual before it began. */
function holds(bridge: Live, reason: Reason, by: Live, part: Part, sources: Sources): boolean {
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

/**
 * Whether what a signal shows was seen before the incident began; where only the first counts, ever before. An attack
 * often begins with somebody who asks for something new, well before anything is suspicious.
 */
function wasUsual(live: Live, part: Part, { population, parameters: { attach } }: Sources): boolean {
  const { habit, guise, time_ns, signal } = live;
  const [first] = part.bridges;
  if (first === undefined) return false;
  const from_ns = time_ns - toNs(attach.habit_lookback_ms);
  if (guise !== undefined && !isPersonal(guise.text)) {
    const came_ns = population.habits.firstSince(guise.text, from_ns);
    const isKnown = came_ns !== undefined && came_ns < first.time_ns - toNs(attach.habit_lead_ms);
    if (isKnown && isOwner(guise, part, came_ns, from_ns, population)) return true;
  }
  if (habit === undefined) return false;
  const seen_ns = population.habits.firstSince(habit, from_ns);
  if (seen_ns === undefined) return false;
  if (signal.first_only === true) return seen_ns < time_ns;
  const isAsked = signal.class === 'attach' && (signal.family === 'admission' || isPersonal(habit));
  const isOwners = guise?.text === habit && isOwner(guise, part, seen_ns, from_ns, population);
  const mayBeEarly = isAsked && !isOwners;
  return seen_ns < first.time_ns - toNs(attach.habit_lead_ms + (mayBeEarly ? attach.gap_ms : 0));
}

/** Whether it is an owner who comes with this: somebody else comes with something else, and nobody did before. */
function isOwner(
  guise: Guise,
  { bridges }: Part,
  seen_ns: bigint,
  from_ns: bigint,
  { habits }: Population,
): boolean {
  if (habits.seenBetween(guise.person, from_ns, seen_ns)) return false;
  return bridges.some((bridge) => bridge.guise?.person === guise.person && bridge.guise.text !== guise.text);
}

/** What was cut of the floods that members are part of, each once, by rule, entity and time. */
function floodsOf(members: readonly Live[], { intake, parameters }: Sources): readonly Flood[] {
  const floods = new Map<string, Flood>();
  const bucket_ns = toNs(parameters.flood.bucket_ms);
  for (const { signal, flood_key } of members) {
    if (flood_key === undefined || floods.has(flood_key)) continue;
    const cut = intake.cutOf(flood_key);
    if (cut === undefined) continue;
    floods.set(flood_key, {
      rule: signal.rule.id,
      title: signal.rule.title,
      entity: anchorOf(signal),
      from_ns: BigInt(bucketOf(signal.time_ns, bucket_ns)) * bucket_ns,
      ...cut,
    });
  }
  return [...floods].sort(([a], [b]) => compareText(a, b)).map(([, flood]) => flood);
}
