import { anchorOf } from '../intake/flood.ts';
import type { Reason } from '../link/reason.ts';
import type { Live } from '../live.ts';
import type { Flood, Verdict } from '../model.ts';
import { bucketOf, byTime, compareText, toNs } from '../order.ts';
import type { Population } from '../population.ts';
import { weigh } from '../score/score.ts';
import { holds } from './belonging.ts';
import { type ContextAbout, contextOf, postureOfAll } from './context.ts';
import type { Attached, Gathered, Judged, Part } from './part.ts';
import type { Sources } from './sources.ts';
import { wasUsual } from './usual.ts';

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
