import type { Entity, EntityKind } from '#shared/event/entity.ts';
import { inOrder, isReplaced, kindOf } from '../entity/kinds.ts';
import type { Live } from '../live.ts';
import { firstReason, type Reason } from '../link/reason.ts';
import type { IncidentModel, Member, Reached, RootCause, Unseen } from '../model.ts';
import { byTime, compareText } from '../order.ts';
import type { Parameters } from '../parameters.ts';
import { vulnerabilityOf } from '../score/posture.ts';
import { lifecycleOf } from './lifecycle.ts';
import type { Gathered } from './part.ts';

/** Makes the model of one incident. `related`: other open incidents of its component; `nameOf`: human names. */
export function describe(
  scope: string,
  { part, attached, told_elsewhere, context, verdict, floods }: Gathered,
  related: readonly string[],
  nameOf: (entity: Entity) => string | undefined,
  parameters: Parameters,
): IncidentModel {
  const id = part.bridges[0]?.incident_id ?? '';
  const lives = [...part.bridges, ...attached.map(({ live }) => live)].sort(byTime);
  const entities = inOrder(lives.flatMap((live) => live.entities));
  const lifecycle = lifecycleOf(part.groups, verdict.severity, parameters.bounds.notes_max);
  return {
    id,
    scope,
    status: verdict.opened_because === undefined ? 'candidate' : lifecycle.status,
    verdict,
    lifecycle,
    members: membersOf(part, attached),
    told_elsewhere,
    main: mainOf(part.bridges),
    entities,
    names: namesOf(entities, nameOf),
    blast_radius: blastRadius(lives),
    root_cause: rootCause(part, context),
    context,
    floods,
    unseen: unseenBy(lives, entities),
    related,
    merged_from: part.merged.filter((merged) => merged !== id),
    split_from: part.split_from,
  };
}

function membersOf(part: Gathered['part'], attached: Gathered['attached']): readonly Member[] {
  const bridges = part.bridges.map((live, index) => ({
    live,
    reason: index === 0 ? firstReason : (part.reasons[index] ?? firstReason),
  }));
  return [...bridges, ...attached]
    .sort((a, b) => byTime(a.live, b.live))
    .map(({ live, reason }) => ({ signal: live.signal, reason, entities: live.entities }));
}

/** Where most of the score is: a workload that acts, else one acted on, else what the signals are about. */
function mainOf(bridges: readonly Live[]): Entity | undefined {
  const scores = new Map<Entity, number>();
  for (const { signal, actors, targets, main } of bridges) {
    const acting = workloadsIn(actors);
    const about = acting.length > 0 ? acting : workloadsIn(targets);
    for (const entity of about.length > 0 ? about : main === undefined ? [] : [main]) {
      scores.set(entity, (scores.get(entity) ?? 0) + signal.score);
    }
  }
  const [best] = [...scores].sort(
    ([a, scoreA], [b, scoreB]) =>
      Number(kindOf(b) === 'workload') - Number(kindOf(a) === 'workload') ||
      scoreB - scoreA ||
      compareText(a, b),
  );
  return best?.[0];
}

function workloadsIn(resolution: Live['actors']): readonly Entity[] {
  return [...resolution.keys()].filter((entity) => kindOf(entity) === 'workload');
}

function namesOf(
  entities: readonly Entity[],
  nameOf: (entity: Entity) => string | undefined,
): ReadonlyMap<Entity, string> {
  return new Map(
    entities.flatMap((entity) => {
      const name = nameOf(entity);
      return name === undefined ? [] : [[entity, name] as const];
    }),
  );
}

const unreachableKinds: readonly EntityKind[] = [
  'image',
  'image_reference',
  'connection',
  'process',
  'host_network',
];

/** What was acted on, when first. */
function blastRadius(lives: readonly Live[]): readonly Reached[] {
  const reached = new Map<Entity, Reached>();
  for (const { targets, time_ns } of lives) {
    for (const [entity, { replaced }] of targets) {
      if (replaced || reached.has(entity) || unreachableKinds.includes(kindOf(entity))) continue;
      reached.set(entity, { entity, first_ns: time_ns });
    }
  }
  return [...reached.values()].sort((a, b) => {
    if (a.first_ns !== b.first_ns) return a.first_ns < b.first_ns ? -1 : 1;
    return compareText(a.entity, b.entity);
  });
}

function rootCause(part: Gathered['part'], context: IncidentModel['context']): RootCause {
  const [earliest] = part.bridges;
  const cause = part.bridges.find(({ id }) => part.causes.has(id));
  const [vulnerability] = context
    .flatMap(({ signal, why }) => (why === 'vulnerability' ? (vulnerabilityOf(signal) ?? []) : []))
    .sort();
  const root = cause === undefined ? earliest : beginningOf(cause, part);
  if (root === undefined) throw new TypeError('an incident without signals');
  return { signal: root.signal, on_path: cause !== undefined, vulnerability };
}

const pathKinds: ReadonlySet<Reason['kind']> = new Set(['event', 'part', 'actor', 'cause']);

/** Where the path to a cause begins: back over what the same one did before, and what brought that about. */
function beginningOf(cause: Live, { bridges, reasons }: Gathered['part']): Live {
  const positions = new Map(bridges.map(({ id }, at) => [id, at]));
  let live = cause;
  for (;;) {
    const at = positions.get(live.id) ?? 0;
    const reason = reasons[at];
    if (reason?.with === undefined || !pathKinds.has(reason.kind)) return live;
    const before = positions.get(reason.with) ?? at;
    const earlier = bridges[before];
    if (before >= at || earlier === undefined) return live;
    live = earlier;
  }
}

const watchingFamilies = ['admission', 'runtime', 'network'] as const;

/** Names that no fact resolved, and families that say nothing here. */
function unseenBy(lives: readonly Live[], entities: readonly Entity[]): readonly Unseen[] {
  const resolved = new Set<Entity>();
  for (const { actors, targets } of lives) {
    for (const resolution of [actors, targets]) {
      for (const [entity, { replaced }] of resolution) if (replaced) resolved.add(entity);
    }
  }
  const families = new Set<string>(lives.map(({ signal }) => signal.family));
  return [
    ...watchingFamilies
      .filter((family) => !families.has(family))
      .map((family) => ({ kind: 'family', family }) as const),
    ...entities
      .filter((entity) => isReplaced(kindOf(entity)) && !resolved.has(entity))
      .map((entity) => ({ kind: 'unresolved', entity }) as const),
  ];
}
