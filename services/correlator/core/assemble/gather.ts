import type { Entity } from '#shared/event/entity.ts';
import type { Assembly } from '../assembly.ts';
import type { Intake } from '../intake/intake.ts';
import { anchorOf } from '../intake/flood.ts';
import type { Live } from '../live.ts';
import type { Reason } from '../link/reason.ts';
import type { Flood } from '../model.ts';
import { bucketOf, byTime, compareText, toNs } from '../order.ts';
import type { Parameters } from '../parameters.ts';
import type { Population } from '../population.ts';
import { weigh } from '../score/score.ts';
import { contextOf } from './context.ts';
import type { Attached, Gathered, Part } from './part.ts';

/** Where the things that belong to an incident are looked up. */
export interface Sources {
  readonly population: Population;
  readonly assembly: Assembly;
  readonly intake: Intake;
  readonly parameters: Parameters;
}

/** Gathers what belongs to a part: attach signals, context, floods; and weighs it. */
export function gather(part: Part, sources: Sources): Gathered {
  const { population, parameters } = sources;
  const { attached, told_elsewhere } = attachedTo(part, sources);
  const members = [...part.bridges, ...attached.map(({ live }) => live)].sort(byTime);
  const contextAbout = (entity: Entity): Iterable<Live> => population.known(entity)?.contexts ?? [];
  const surrounding = contextOf(members, contextAbout, parameters);
  const decided = part.groups.length > 0;
  return {
    part,
    attached,
    told_elsewhere,
    surrounding,
    verdict: weigh(part.bridges, surrounding.posture, decided, parameters),
    floods: floodsOf(members, sources),
  };
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

/** Nothing attaches to an incident after it was closed, and no flow that was usual before it began. */
function holds(
  bridge: Live,
  reason: Reason,
  by: Live,
  part: Part,
  { population, parameters: { attach } }: Sources,
): boolean {
  if (reason.kind === 'part') return true;
  const closed_ns = part.closed_ns.get(bridge.id);
  if (closed_ns !== undefined && by.time_ns > closed_ns) return false;
  const [first] = part.bridges;
  if (by.flow_pair === undefined || first === undefined) return true;
  const from_ns = by.time_ns - toNs(attach.flow_lookback_ms);
  const to_ns = first.time_ns - toNs(attach.flow_lead_ms);
  return !population.flows.seenBetween(by.flow_pair, from_ns, to_ns);
}

/** What was cut of the floods that members are part of, each once, by rule, entity and time. */
function floodsOf(members: readonly Live[], { intake, parameters }: Sources): readonly Flood[] {
  const floods = new Map<string, Flood>();
  const bucket_ns = toNs(parameters.flood.bucket_ms);
  for (const { signal } of members) {
    const cut = intake.collapsedWith(signal);
    if (cut === undefined || floods.has(cut.flood_key)) continue;
    floods.set(cut.flood_key, {
      rule: signal.rule.id,
      title: signal.rule.title,
      entity: anchorOf(signal),
      from_ns: BigInt(bucketOf(signal.time_ns, bucket_ns)) * bucket_ns,
      ...cut.collapsed,
    });
  }
  return [...floods].sort(([a], [b]) => compareText(a, b)).map(([, flood]) => flood);
}
