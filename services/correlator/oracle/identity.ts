import type { Fact } from '#shared/avro/types.generated.ts';
import { type Entity, entityKind, isEntity } from '#shared/event/entity.ts';
import type { Parameters } from '../core/parameters.ts';

/** Facts merged by what they say. */
export interface Statement {
  a: Entity;
  relation: Fact['relation'];
  b: Entity;
  from_ns: bigint;
  to_ns: bigint | null;
  confidence: number;
}

/** Facts with the same (a, relation, b) are one: earliest from, earliest known to, highest confidence. */
export function mergeFacts(facts: readonly Fact[]): Statement[] {
  const merged: Statement[] = [];
  for (const { a, relation, b, from_ns, to_ns, confidence } of facts) {
    if (!isEntity(a) || !isEntity(b)) continue;
    const same = merged.find((one) => one.a === a && one.relation === relation && one.b === b);
    if (same === undefined) {
      merged.push({ a, relation, b, from_ns, to_ns, confidence });
      continue;
    }
    if (from_ns < same.from_ns) same.from_ns = from_ns;
    if (to_ns !== null && (same.to_ns === null || to_ns < same.to_ns)) same.to_ns = to_ns;
    if (confidence > same.confidence) same.confidence = confidence;
  }
  return merged;
}

/** One way from a named entity to another: the statements taken. */
export interface Way {
  readonly entity: Entity;
  readonly path: readonly string[];
  /** The way has a step up in it. */
  readonly up: boolean;
  /** The last step is one up from a pod. */
  readonly of_pod: boolean;
}

export interface Known {
  readonly path: readonly string[];
  readonly named: boolean;
  readonly of_pod: boolean;
  readonly replaced: boolean;
}

/** `resolve(E, t)`: enumerates every way, then keeps the best for each entity. */
export function resolveAll(
  names: readonly string[],
  t: bigint,
  facts: readonly Statement[],
  parameters: Parameters,
): Map<Entity, Known> {
  const ways: Way[] = [];
  const walk = (entity: Entity, path: readonly string[], steps: number): void => {
    ways.push({ entity, path, up: false, of_pod: false });
    if (steps === parameters.identity.depth_max) return;
    for (const fact of identityFacts(entity, t, facts, parameters)) {
      walk(fact.b, [...path, textOf(fact)], steps + 1);
    }
  };
  for (const name of names) if (isEntity(name)) walk(name, [], 0);
  const identities = ways.slice();
  for (const { entity, path } of identities) {
    if (entityKind(entity) === 'image') continue;
    for (const fact of facts) {
      if (!validFor(fact, t, parameters)) continue;
      const kind = entityKind(entity);
      const inside = kind === 'process' || kind === 'container' || kind === 'connection';
      const owns = fact.relation === 'part_of' && !inside;
      if (fact.a === entity && (owns || fact.relation === 'runs_as' || fact.relation === 'uses')) {
        ways.push({ entity: fact.b, path: [...path, textOf(fact)], up: true, of_pod: kind === 'pod' });
      }
      if (fact.b === entity && fact.relation === 'spawned') {
        ways.push({ entity: fact.a, path: [...path, textOf(fact)], up: true, of_pod: false });
      }
    }
  }
  const known = new Map<Entity, Known>();
  for (const entity of new Set(ways.map((way) => way.entity))) {
    const here = ways.filter((way) => way.entity === entity);
    const sameThing = here.filter((way) => !way.up);
    const named = sameThing.length > 0;
    const best = (named ? sameThing : here).reduce((a, b) => (isBetterPath(b.path, a.path) ? b : a));
    const resolved = identityFacts(entity, t, facts, parameters).length > 0;
    const kind = entityKind(entity);
    known.set(entity, {
      path: best.path,
      named,
      of_pod: here.some((way) => way.of_pod),
      replaced: named && resolved && (kind === 'ip' || kind === 'pod_name'),
    });
  }
  addAliases(known, facts, parameters.identity.depth_max);
  return known;
}

/** The digests of an image are one image. */
function addAliases(known: Map<Entity, Known>, facts: readonly Statement[], depth_max: number): void {
  for (let depth = 0; depth < depth_max; depth++) {
    const images = [...known.keys()].filter((entity) => entityKind(entity) === 'image');
    for (const { a, relation, b } of facts) {
      if (relation !== 'is' || entityKind(a) !== 'image' || entityKind(b) !== 'image') continue;
      for (const [one, other] of [
        [a, b],
        [b, a],
      ] as const) {
        if (images.includes(one) && !known.has(other)) {
          known.set(other, { path: [], named: false, of_pod: false, replaced: false });
        }
      }
    }
  }
}

function textOf({ a, relation, b }: Statement): string {
  return `${a} ${relation} ${b}`;
}

function isBetterPath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length ? a.join('\n') < b.join('\n') : a.length < b.length;
}

/** What says that an entity is another one at a time. */
function identityFacts(
  entity: Entity,
  t: bigint,
  facts: readonly Statement[],
  parameters: Parameters,
): Statement[] {
  const kind = entityKind(entity);
  if (kind === 'image') return [];
  const about = facts.filter((fact) => fact.a === entity);
  if (!['ip', 'pod_name', 'connection', 'image_reference'].includes(kind)) {
    const inside = kind === 'process' || kind === 'container';
    return about.filter(
      (fact) =>
        (fact.relation === 'is' || (inside && fact.relation === 'part_of')) && validFor(fact, t, parameters),
    );
  }
  const tolerance = ms(kind === 'pod_name' ? parameters.identity.name_tolerance_ms : parameters.skew_ms);
  const bearers = about
    .filter(({ relation }) => relation === 'is' || (kind === 'connection' && relation === 'part_of'))
    .filter((fact) => outside(fact, t) <= tolerance);
  bearers.sort((x, y) => {
    const far = outside(x, t) - outside(y, t);
    if (far !== 0n) return far < 0n ? -1 : 1;
    const node = Number(y.b.startsWith('node:')) - Number(x.b.startsWith('node:'));
    if (node !== 0) return node;
    if (x.from_ns !== y.from_ns) return x.from_ns > y.from_ns ? -1 : 1;
    if (x.confidence !== y.confidence) return y.confidence - x.confidence;
    return x.b < y.b ? -1 : 1;
  });
  if (kind !== 'connection') return bearers.slice(0, 1);
  return bearers.filter(
    (one, at) => bearers.findIndex(({ b }) => entityKind(b) === entityKind(one.b)) === at,
  );
}

/** How far a time is outside an interval. */
function outside({ from_ns, to_ns }: Statement, t: bigint): bigint {
  if (t < from_ns) return from_ns - t;
  if (to_ns !== null && t >= to_ns) return t - to_ns + 1n;
  return 0n;
}

/** Valid at t, give or take the skew; of things that exist only once, always. */
function validFor(fact: Statement, t: bigint, parameters: Parameters): boolean {
  if (['process', 'container', 'pod', 'image'].includes(entityKind(fact.a))) return true;
  return outside(fact, t) <= ms(parameters.skew_ms);
}

export function ms(duration: number): bigint {
  return BigInt(Math.round(duration)) * 1_000_000n;
}
