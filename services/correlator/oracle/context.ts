import { type Entity, entityKind } from '#shared/event/entity.ts';
import type { ContextEntry } from '../core/model.ts';
import type { PostureName } from '../core/parameters.ts';
import { mentionedBy, postureOf } from '../core/score/posture.ts';
import { ms } from './identity.ts';
import type { Resolved } from './signals.ts';
import type { World } from './world.ts';

/** The posture that raises a score, and the context that is shown. */
export function contextFor(
  members: readonly Resolved[],
  isUsual: (about: Resolved) => boolean,
  { all, parameters }: World,
): { posture: { name: PostureName; because: string }[]; context: ContextEntry[] } {
  const { lookback_ms, policy_ms } = parameters.context;
  const described = ['image', 'workload', 'pod', 'pod_name', 'container', 'serviceaccount'];
  const entitiesOf = (one: Resolved): Entity[] => [...new Set([...one.actors.keys(), ...one.targets.keys()])];
  const remembers = (member: Resolved, about: Resolved): boolean =>
    member.t - about.t <= ms(lookback_ms) && about.t - member.t <= ms(policy_ms);
  const isMade = ({ signal, targets }: Resolved, entity: Entity): boolean =>
    signal.family === 'admission' &&
    /^(?:create|update|patch)$/.test(signal.fields['kubernetes.audit.verb'] ?? '') &&
    !('kubernetes.audit.objectRef.subresource' in signal.fields) &&
    targets.has(entity);
  const posture: { name: PostureName; because: string }[] = [];
  const context = new Map<string, ContextEntry>();
  for (const about of all.filter(({ role }) => role === 'context')) {
    const known = [...about.actors, ...about.targets];
    const named = known.filter(([, way]) => way.named).map(([entity]) => entity);
    const aboutImage = named.some((entity) => entityKind(entity) === 'image');
    const shared = entitiesOf(about)
      .filter(
        (entity) =>
          named.includes(entity) ||
          entityKind(entity) === 'workload' ||
          (aboutImage && entityKind(entity) === 'image'),
      )
      .filter((entity) => described.includes(entityKind(entity)))
      .filter((entity) => members.some((one) => entitiesOf(one).includes(entity) && remembers(one, about)))
      .sort();
    if (shared.length === 0) continue;
    const name = postureOf(about.signal);
    if (name !== undefined && !posture.some((known) => known.name === name))
      posture.push({ name, because: about.id });
    const [cve] = mentionedBy(about.signal);
    let why: ContextEntry['why'] = 'policy';
    let entity: Entity | undefined;
    if (cve !== undefined) {
      why = 'vulnerability';
      if (members.some((one) => remembers(one, about) && mentionedBy(one.signal).includes(cve)))
        [entity] = shared;
    } else if (name === 'untrusted_image' && shared.some((each) => entityKind(each) === 'image')) {
      why = 'untrusted_image';
      [entity] = shared.filter((each) => entityKind(each) === 'image');
    } else {
      [entity] = shared.filter(
        (each) =>
          ['workload', 'pod', 'pod_name', 'container'].includes(entityKind(each)) &&
          members.some(
            (one) =>
              isMade(one, each) && one.t - about.t <= ms(policy_ms) && about.t - one.t <= ms(lookback_ms),
          ),
      );
    }
    const rule = about.signal.rule.id;
    if (why === 'policy' && isUsual(about)) continue;
    if (entity !== undefined && !context.has(rule)) context.set(rule, { signal: about.signal, why, entity });
  }
  const names = Object.keys(parameters.score.posture);
  posture.sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
  return { posture, context: [...context.values()] };
}
