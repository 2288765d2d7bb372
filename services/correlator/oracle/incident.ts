import { type Entity, entityKind, entityKinds, entityValue } from '#shared/event/entity.ts';
import type { IncidentModel, Member } from '../core/model.ts';
import { vulnerabilityOf } from '../core/score/posture.ts';
import type { GatheredPart } from './gather.ts';
import { lifecycleOfPart } from './lifecycle.ts';
import type { OraclePart } from './parts.ts';
import { floodKeyOf, mainOf, type Resolved } from './signals.ts';
import type { World } from './world.ts';

/** A signal, the one that it follows from, and so on to the first. */
function pathTo(live: Resolved, part: OraclePart): readonly Resolved[] {
  const reason = part.reasons.get(live.id);
  const leads = reason !== undefined && ['event', 'part', 'actor', 'cause'].includes(reason.kind);
  const before = leads ? part.bridges.find(({ id }) => id === reason.with) : undefined;
  const isEarlier = before !== undefined && part.bridges.indexOf(before) < part.bridges.indexOf(live);
  return isEarlier ? [live, ...pathTo(before, part)] : [live];
}

/** A part as an incident. */
export function modelOf(
  part: OraclePart,
  gathered: GatheredPart,
  related: readonly string[],
  world: World,
): IncidentModel {
  const { members, reasons, verdict, context } = gathered;
  const byKind = (entities: Iterable<Entity>): Entity[] =>
    [...new Set(entities)].sort(
      (a, b) => entityKinds.indexOf(entityKind(a)) - entityKinds.indexOf(entityKind(b)) || (a < b ? -1 : 1),
    );
  const entities = byKind(members.flatMap(({ actors, targets }) => [...actors.keys(), ...targets.keys()]));
  const reached = new Map<Entity, bigint>();
  for (const { targets, t } of members) {
    for (const [entity, { replaced }] of targets) {
      const unreachable = ['image', 'image_reference', 'connection', 'process', 'host_network'];
      const hidden = unreachable.includes(entityKind(entity));
      if (!replaced && !hidden && !reached.has(entity)) reached.set(entity, t);
    }
  }
  const replaced = (entity: Entity): boolean =>
    members.some(
      ({ actors, targets }) =>
        actors.get(entity)?.replaced === true || targets.get(entity)?.replaced === true,
    );
  const cause = part.bridges.find(({ id }) => part.causes.has(id));
  const root = cause === undefined ? undefined : pathTo(cause, part).at(-1);
  const first = part.bridges[0];
  if (first === undefined) throw new TypeError('a part without signals');
  const cves = context.flatMap(({ signal, why }) =>
    why === 'vulnerability' ? (vulnerabilityOf(signal) ?? []) : [],
  );
  const floods = new Map(
    members.flatMap(({ signal }) => {
      if (signal.rule.origin === 'correlation') return [];
      const key = floodKeyOf(signal, world.parameters);
      const cut = world.cuts.get(key);
      return cut === undefined ? [] : [[key, cut] as const];
    }),
  );
  const lifecycle = lifecycleOfPart(part, verdict.severity, world.parameters.bounds.notes_max);
  return {
    id: first.incident_id,
    scope: world.scope,
    status: lifecycle.status,
    verdict,
    lifecycle,
    members: members.map(
      (one, at): Member => ({
        signal: one.signal,
        reason:
          reasons.get(one.id) ??
          (at === 0 ? { kind: 'first', with: undefined, entity: undefined, facts: [] } : missing(one)),
        entities: byKind([...one.actors.keys(), ...one.targets.keys()]),
      }),
    ),
    told_elsewhere: gathered.elsewhere,
    main: mainEntity(part.bridges),
    entities,
    names: new Map(
      entities.flatMap((entity) => {
        if (entityKind(entity) !== 'pod') return [];
        const names = world.facts
          .filter(({ a, relation, b }) => b === entity && relation === 'is' && entityKind(a) === 'pod_name')
          .map(({ a }) => entityValue(a))
          .sort();
        return names[0] === undefined ? [] : [[entity, names[0]] as const];
      }),
    ),
    blast_radius: [...reached]
      .map(([entity, first_ns]) => ({ entity, first_ns }))
      .sort((a, b) =>
        a.first_ns === b.first_ns ? (a.entity < b.entity ? -1 : 1) : a.first_ns < b.first_ns ? -1 : 1,
      ),
    root_cause: {
      signal: (root ?? first).signal,
      on_path: root !== undefined,
      vulnerability: cves.sort()[0],
    },
    context,
    floods: [...floods].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, flood]) => flood),
    unseen: [
      ...['admission', 'runtime', 'network']
        .filter((family) => !members.some(({ signal }) => signal.family === family))
        .map((family) => ({ kind: 'family', family }) as const),
      ...entities
        .filter((entity) => ['ip', 'pod_name'].includes(entityKind(entity)) && !replaced(entity))
        .map((entity) => ({ kind: 'unresolved', entity }) as const),
    ],
    related,
    merged_from: part.merged.filter((id) => id !== first.incident_id),
    split_from: part.split_from,
  };
}

function missing(one: Resolved): never {
  throw new TypeError(`${one.id} is a member without a reason`);
}

function mainEntity(bridges: readonly Resolved[]): Entity | undefined {
  const scores = new Map<Entity, number>();
  for (const one of bridges) {
    const workloads = (known: Map<Entity, unknown>): Entity[] =>
      [...known.keys()].filter((entity) => entityKind(entity) === 'workload');
    const main = mainOf(one);
    const about = [workloads(one.actors), workloads(one.targets), main === undefined ? [] : [main]];
    for (const entity of about.find((some) => some.length > 0) ?? []) {
      scores.set(entity, (scores.get(entity) ?? 0) + one.signal.score);
    }
  }
  const entries = [...scores].sort(([a, x], [b, y]) => {
    const kind = Number(entityKind(b) === 'workload') - Number(entityKind(a) === 'workload');
    return kind || y - x || (a < b ? -1 : 1);
  });
  return entries[0]?.[0];
}
