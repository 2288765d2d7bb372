import type { Entity } from '#shared/event/entity.ts';
import { isReplaced, isReused, kindOf } from '../entity/kinds.ts';
import type { FactBook, Statement } from '../intake/facts.ts';
import { limitsOf } from '../limits.ts';
import type { Parameters } from '../parameters.ts';

/** How an entity came to be one that a signal acts as, or acts on. */
export interface Found {
  /** The statements that lead to it; empty for what the signal names itself. */
  readonly facts: readonly string[];
  /** Named by the signal, or by `is` facts the same thing: not a step up to an owner, account or image. */
  readonly named: boolean;
  /** Reached by a step up from a pod of this signal: what the pod has, not only its address. */
  readonly of_pod: boolean;
  /** A name that a fact resolved: it links no longer by itself. */
  readonly replaced: boolean;
}

export type Resolution = ReadonlyMap<Entity, Found>;

/**
 * `resolve(E, t)`: the names, what they are by `is` facts valid at `time_ns` (a process or container is also the pod
 * that it is part of), and one step up: owner, service account, image, and the session that spawned a process. Of several
 * ways to an entity the one with the fewest facts counts, then the one whose text sorts first.
 */
export function resolve(
  names: readonly Entity[],
  time_ns: bigint,
  facts: FactBook,
  parameters: Parameters,
): Resolution {
  const found = new Map<Entity, Found>();
  for (const name of names) found.set(name, asNamed);
  let frontier: readonly Entity[] = names;
  for (let depth = 0; depth < parameters.identity.depth_max && frontier.length > 0; depth++) {
    frontier = identityStep(frontier, time_ns, found, facts, parameters);
  }
  stepUp(time_ns, found, facts, parameters);
  addImageAliases(found, facts, parameters);
  return found;
}

const nothing: readonly Statement[] = [];

/** Most entities are named and need no statement. */
const asNamed: Found = { facts: [], named: true, of_pod: false, replaced: false };

/** Follows one `is` from each entity of the frontier; returns what was not found before. */
function identityStep(
  frontier: readonly Entity[],
  time_ns: bigint,
  found: Map<Entity, Found>,
  facts: FactBook,
  parameters: Parameters,
): readonly Entity[] {
  const next = new Map<Entity, Found>();
  for (const entity of frontier) {
    const from = found.get(entity);
    if (from === undefined) continue;
    const identities = identitiesOf(entity, time_ns, facts, parameters);
    if (identities.length > 0 && isReplaced(kindOf(entity))) found.set(entity, { ...from, replaced: true });
    for (const { b, text } of identities) {
      const candidate = { facts: [...from.facts, text], named: true, of_pod: false, replaced: false };
      const known = next.get(b);
      if (!found.has(b) && (known === undefined || isShorter(candidate.facts, known.facts)))
        next.set(b, candidate);
    }
  }
  for (const [entity, way] of next) found.set(entity, way);
  return [...next.keys()];
}

/** The statements that say what `entity` is at a time. */
function identitiesOf(
  entity: Entity,
  time_ns: bigint,
  facts: FactBook,
  parameters: Parameters,
): readonly Statement[] {
  const kind = kindOf(entity);
  if (kind === 'image' || !facts.knows(entity)) return nothing;
  if (isReused(kind)) return bearersOf(entity, time_ns, facts, parameters);
  const within = kind === 'process' || kind === 'container';
  const identities: Statement[] = [];
  for (const statement of facts.from(entity)) {
    const identifies = statement.relation === 'is' || (within && statement.relation === 'part_of');
    if (identifies && holds(statement, time_ns, parameters)) identities.push(statement);
  }
  return identities;
}

/**
 * A reused name means one thing at a time: whoever bears it at that time, else who bore it nearest within the tolerance.
 * A connection is part of one container, one pod and one session at a time.
 */
function bearersOf(
  entity: Entity,
  time_ns: bigint,
  facts: FactBook,
  parameters: Parameters,
): readonly Statement[] {
  const kind = kindOf(entity);
  const { name_tolerance_ns, skew_ns } = limitsOf(parameters);
  const tolerance_ns = kind === 'pod_name' ? name_tolerance_ns : skew_ns;
  const best = new Map<string, Statement>();
  for (const statement of facts.from(entity)) {
    const { relation, b } = statement;
    const identifies = relation === 'is' || (relation === 'part_of' && kind === 'connection');
    if (!identifies || distance(statement, time_ns) > tolerance_ns) continue;
    const role = kind === 'connection' ? kindOf(b) : '';
    const known = best.get(role);
    if (known === undefined || bearsBetter(statement, known, time_ns)) best.set(role, statement);
  }
  return [...best.values()];
}

/** 0 inside the interval, else how far outside; a time at the exclusive end is 1 ns outside. */
function distance({ from_ns, to_ns }: Statement, time_ns: bigint): bigint {
  if (time_ns < from_ns) return from_ns - time_ns;
  return to_ns === null || time_ns < to_ns ? 0n : time_ns - to_ns + 1n;
}

/** Nearest in time; a node before a pod (hosts share their address with pods); the later bearer; the surer statement. */
function bearsBetter(a: Statement, b: Statement, time_ns: bigint): boolean {
  const [farA, farB] = [distance(a, time_ns), distance(b, time_ns)];
  if (farA !== farB) return farA < farB;
  const [nodeA, nodeB] = [kindOf(a.b) === 'node', kindOf(b.b) === 'node'];
  if (nodeA !== nodeB) return nodeA;
  if (a.from_ns !== b.from_ns) return a.from_ns > b.from_ns;
  if (a.confidence !== b.confidence) return a.confidence > b.confidence;
  return a.b < b.b;
}

/** What is said of a thing that exists once (process, container, pod, image) holds whenever it is named. */
function holds(statement: Statement, time_ns: bigint, parameters: Parameters): boolean {
  const kind = kindOf(statement.a);
  if (kind === 'process' || kind === 'container' || kind === 'pod' || kind === 'image') return true;
  return distance(statement, time_ns) <= limitsOf(parameters).skew_ns;
}

/** One step up from everything named: owner, account, image, and who spawned it. */
function stepUp(time_ns: bigint, found: Map<Entity, Found>, facts: FactBook, parameters: Parameters): void {
  const above = new Map<Entity, Found>();
  for (const [entity, { facts: path }] of found) {
    const kind = kindOf(entity);
    if (kind === 'image') continue;
    const within = kind === 'process' || kind === 'container' || kind === 'connection';
    for (const statement of facts.from(entity)) {
      const { relation } = statement;
      const leads = relation === 'runs_as' || relation === 'uses' || (relation === 'part_of' && !within);
      if (!leads || !holds(statement, time_ns, parameters)) continue;
      offer(above, found, statement.b, [...path, statement.text], kind === 'pod');
    }
    for (const statement of facts.to(entity)) {
      if (statement.relation !== 'spawned' || !holds(statement, time_ns, parameters)) continue;
      offer(above, found, statement.a, [...path, statement.text], false);
    }
  }
  for (const [entity, way] of above) found.set(entity, way);
}

function offer(
  above: Map<Entity, Found>,
  found: ReadonlyMap<Entity, Found>,
  entity: Entity,
  path: readonly string[],
  of_pod: boolean,
): void {
  const known = above.get(entity) ?? found.get(entity);
  if (known === undefined || (!known.named && isShorter(path, known.facts))) {
    const before = known?.of_pod === true;
    above.set(entity, { facts: path, named: false, of_pod: of_pod || before, replaced: false });
  } else if (of_pod && !known.of_pod) above.set(entity, { ...known, of_pod: true });
}

/** The digests of one image are one image, whichever of them a tool uses. */
function addImageAliases(found: Map<Entity, Found>, facts: FactBook, { identity }: Parameters): void {
  let frontier = [...found.keys()].filter((entity) => kindOf(entity) === 'image');
  for (let depth = 0; depth < identity.depth_max && frontier.length > 0; depth++) {
    const next: Entity[] = [];
    const add = (alias: Entity): void => {
      if (kindOf(alias) !== 'image' || found.has(alias)) return;
      found.set(alias, { facts: [], named: false, of_pod: false, replaced: false });
      next.push(alias);
    };
    for (const image of frontier) {
      for (const { relation, b } of facts.from(image)) if (relation === 'is') add(b);
      for (const { relation, a } of facts.to(image)) if (relation === 'is') add(a);
    }
    frontier = next;
  }
}

function isShorter(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return a.length < b.length;
  return a.join('\n') < b.join('\n');
}
