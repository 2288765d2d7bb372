import type { Entity, EntityKind } from '#shared/event/entity.ts';
import { kindOf } from '../entity/kinds.ts';
import type { Live } from '../live.ts';
import type { ContextEntry } from '../model.ts';
import { byTime, lowerBound, toNs } from '../order.ts';
import type { Parameters, PostureName } from '../parameters.ts';
import { makesOrChanges } from '../resolve/makes.ts';
import type { PostureEvidence } from '../score/score.ts';
import { postureOf } from '../score/posture.ts';

/** Things whose findings and policies may concern an incident. */
const describedKinds: readonly EntityKind[] = [
  'image',
  'workload',
  'pod',
  'pod_name',
  'container',
  'serviceaccount',
];
/** Things of which a failed policy is told when a member made them. */
const policyKinds: readonly EntityKind[] = ['workload', 'pod', 'pod_name', 'container'];

/** Context signals about an entity. */
export type ContextAbout = (entity: Entity) => ReadonlySet<Live>;

/** Posture of the things that bridge signals name; of several signals of one posture the first counts. */
export function postureOfAll(
  bridges: readonly Live[],
  contextAbout: ContextAbout,
  parameters: Parameters,
): readonly PostureEvidence[] {
  const posture = new Map<PostureName, Live>();
  for (const { live } of concerning(bridges, contextAbout, parameters)) {
    const name = postureOf(live.signal);
    const known = name === undefined ? undefined : posture.get(name);
    if (name !== undefined && (known === undefined || byTime(live, known) < 0)) posture.set(name, live);
  }
  const names = Object.keys(parameters.score.posture);
  return [...posture]
    .map(([name, { id }]) => ({ name, because: id }))
    .sort((x, y) => names.indexOf(x.name) - names.indexOf(y.name));
}

/**
 * Context that is worth showing with an incident: the vulnerability that a member speaks of, a policy that fails for what
 * a member just made or changed and did not fail before, the missing signature of an image. Of several signals of one rule the first counts.
 */
export function contextOf(
  members: readonly Live[],
  contextAbout: ContextAbout,
  isUsual: (live: Live) => boolean,
  parameters: Parameters,
): readonly ContextEntry[] {
  const shown = new Map<string, { live: Live; entry: ContextEntry }>();
  const mentions = mentionsOf(members);
  for (const concern of concerning(members, contextAbout, parameters)) {
    const { live } = concern;
    const entry = entryOf(concern, postureOf(live.signal), mentions, parameters);
    if (entry?.why === 'policy' && isUsual(live)) continue;
    const before = shown.get(live.signal.rule.id);
    if (entry !== undefined && (before === undefined || byTime(live, before.live) < 0))
      shown.set(live.signal.rule.id, { live, entry });
  }
  return [...shown.values()].sort((x, y) => byTime(x.live, y.live)).map(({ entry }) => entry);
}

/** A context signal, and the entities that it shares with members within the time that context is remembered. */
interface Concern {
  readonly live: Live;
  readonly shared: readonly {
    readonly entity: Entity;
    /** A member made or changed it, at the latest when the policy spoke. */
    readonly made: boolean;
  }[];
}

function concerning(
  members: readonly Live[],
  contextAbout: ContextAbout,
  { context: { lookback_ms, policy_ms } }: Parameters,
): Iterable<Concern> {
  const [lookback_ns, policy_ns] = [toNs(lookback_ms), toNs(policy_ms)];
  const concerns = new Map<string, { live: Live; shared: { entity: Entity; made: boolean }[] }>();
  for (const [entity, sharing] of byDescribedEntity(members, contextAbout)) {
    const makers = sharing.filter(({ signal, targets }) => makesOrChanges(signal) && targets.has(entity));
    for (const live of contextAbout(entity)) {
      if (!hasWithin(sharing, live.time_ns - policy_ns, live.time_ns + lookback_ns)) continue;
      const concern = concerns.get(live.id) ?? { live, shared: [] };
      const made = hasWithin(makers, live.time_ns - lookback_ns, live.time_ns + policy_ns);
      concern.shared.push({ entity, made });
      concerns.set(live.id, concern);
    }
  }
  return concerns.values();
}

/** Members, in order, by each thing they name of which there is context. */
function byDescribedEntity(
  members: readonly Live[],
  contextAbout: ContextAbout,
): ReadonlyMap<Entity, readonly Live[]> {
  const naming = new Map<Entity, Live[]>();
  for (const member of members) {
    for (const entity of member.entities) {
      const known = naming.get(entity);
      if (known !== undefined) known.push(member);
      else if (contextAbout(entity).size > 0 && describedKinds.includes(kindOf(entity)))
        naming.set(entity, [member]);
    }
  }
  return naming;
}

/** Whether an ordered list has a time in an interval, both ends inclusive. */
function hasWithin(list: readonly Live[], from_ns: bigint, to_ns: bigint): boolean {
  const first = list[lowerBound(list, from_ns)];
  return first !== undefined && first.time_ns <= to_ns;
}

/** Members by the vulnerabilities that they speak of, in order. */
function mentionsOf(members: readonly Live[]): ReadonlyMap<string, readonly Live[]> {
  const mentions = new Map<string, Live[]>();
  for (const member of members) {
    for (const cve of member.vulnerabilities) {
      const known = mentions.get(cve);
      if (known === undefined) mentions.set(cve, [member]);
      else known.push(member);
    }
  }
  return mentions;
}

function entryOf(
  { live, shared }: Concern,
  posture: PostureName | undefined,
  mentions: ReadonlyMap<string, readonly Live[]>,
  { context: { lookback_ms, policy_ms } }: Parameters,
): ContextEntry | undefined {
  const [cve] = live.vulnerabilities;
  if (cve !== undefined) {
    const speaking = mentions.get(cve) ?? [];
    const mentioned = hasWithin(speaking, live.time_ns - toNs(policy_ms), live.time_ns + toNs(lookback_ms));
    return mentioned ? entry(live, 'vulnerability', shared) : undefined;
  }
  const images = shared.filter(({ entity }) => kindOf(entity) === 'image');
  if (posture === 'untrusted_image' && images.length > 0) return entry(live, posture, images);
  const made = shared.filter((one) => one.made && policyKinds.includes(kindOf(one.entity)));
  return entry(live, 'policy', made);
}

/** Names the first shared entity by text. */
function entry(live: Live, why: ContextEntry['why'], shared: Concern['shared']): ContextEntry | undefined {
  const [entity] = shared.map((one) => one.entity).sort();
  return entity === undefined ? undefined : { signal: live.signal, why, entity };
}
