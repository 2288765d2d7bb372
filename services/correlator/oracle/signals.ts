import type { Decision, Signal } from '#shared/avro/types.generated.ts';
import { type Entity, entityKind, type EntityKind, isEntity } from '#shared/event/entity.ts';
import { contactKindOf, firstKey } from '#shared/event/first-key.ts';
import { parsePrincipal } from '#shared/event/kubernetes.ts';
import { shortHash } from '#shared/event/identity.ts';
import { parseTime } from '#shared/event/time.ts';
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { signalText } from '../core/intake/signal-text.ts';
import type { Flood } from '../core/model.ts';
import type { LinkKind, Parameters } from '../core/parameters.ts';
import { type Known, ms, resolveAll, type Statement } from './identity.ts';

/** A signal with what it means at its time. */
export interface Resolved {
  readonly signal: Signal;
  readonly id: string;
  readonly t: bigint;
  readonly actors: Map<Entity, Known>;
  readonly targets: Map<Entity, Known>;
  readonly role: 'bridge' | 'attach' | 'context' | 'suppressed';
  /** A contact that connects: then its role is that of a bridge. */
  readonly moves: boolean;
  /** Of a move to the outside: the peers that connect. */
  readonly calls: readonly Entity[];
  /** Part of an approved change. */
  readonly approved: boolean;
  readonly incident_id: string;
}

/** Signals that count: of each flood the earliest, of each id the smallest version; and what was cut. */
export function admit(
  signals: readonly Signal[],
  parameters: Parameters,
): { readonly signals: Signal[]; readonly cuts: Map<string, Flood> } {
  const byText = new Map<string, Signal>();
  for (const signal of signals) byText.set(signalText(signal), signal);
  const versions = [...byText].map(([text, signal]) => ({ text, signal }));
  versions.sort((x, y) =>
    x.signal.time_ns !== y.signal.time_ns
      ? x.signal.time_ns < y.signal.time_ns
        ? -1
        : 1
      : x.text < y.text
        ? -1
        : 1,
  );
  const floods = new Map<string, typeof versions>();
  const counting = new Map<string, Signal>();
  for (const version of versions) {
    const { signal } = version;
    if (signal.rule.origin !== 'correlation') {
      const key = floodKeyOf(signal, parameters);
      const flood = floods.get(key) ?? [];
      floods.set(key, flood);
      flood.push(version);
      if (flood.length > parameters.flood.kept_max) continue;
    }
    if (!counting.has(signal.id)) counting.set(signal.id, signal);
  }
  const cuts = new Map<string, Flood>();
  for (const [key, flood] of floods) {
    const rest = flood.slice(parameters.flood.kept_max).map(({ text }) => hashOf(text));
    const [first] = flood;
    if (rest.length === 0 || first === undefined) continue;
    const smallest = rest.sort().slice(0, parameters.flood.hashes_max);
    const share = Number.parseInt((smallest.at(-1) ?? '').slice(0, 12), 16) / 2 ** 48;
    const full = smallest.length === parameters.flood.hashes_max;
    const bucket = ms(parameters.flood.bucket_ms);
    cuts.set(key, {
      rule: first.signal.rule.id,
      title: first.signal.rule.title,
      entity: anchor(first.signal),
      from_ns: (first.signal.time_ns / bucket) * bucket,
      count: full ? Math.max(smallest.length, Math.round((smallest.length - 1) / share)) : smallest.length,
      exact: !full,
      digest: createHash('sha256').update(smallest.join('')).digest('hex'),
    });
  }
  return { signals: [...counting.values()], cuts };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

export function floodKeyOf(signal: Signal, { flood }: Parameters): string {
  if (signal.first_only === true && signal.actors.length + signal.targets.length > 0) {
    const words = firstKey(signal.rule.id, signal.actors, signal.targets, contactKindOf(signal.fields));
    return `${words}\n${signal.time_ns / ms(flood.bucket_ms)}`;
  }
  return `${signal.rule.id}\n${anchor(signal) ?? signal.event.dataset}\n${signal.time_ns / ms(flood.bucket_ms)}`;
}

const anchors: readonly EntityKind[] = [
  'pod',
  'pod_name',
  'container',
  'workload',
  'serviceaccount',
  'session',
  'user',
  'node',
  'external',
  'ip',
  'process',
  'connection',
  'image',
  'image_reference',
  'object',
  'host_network',
];

function anchor(signal: Signal): Entity | undefined {
  return (
    firstOfKinds(signal.actors.filter(isEntity), anchors) ??
    firstOfKinds(signal.targets.filter(isEntity), anchors)
  );
}

export function firstOfKinds(entities: readonly Entity[], kinds: readonly EntityKind[]): Entity | undefined {
  for (const kind of kinds) {
    const [first] = entities.filter((entity) => entityKind(entity) === kind).sort();
    if (first !== undefined) return first;
  }
  return undefined;
}

/** Decisions by id; of several versions the smallest counts. */
export function mergeDecisions(decisions: readonly Decision[]): Decision[] {
  const text = (decision: Decision): string =>
    JSON.stringify([
      decision.id,
      String(decision.time_ns),
      decision.actor,
      decision.action,
      decision.incident,
      Object.entries(decision.arguments).sort(([a], [b]) => (a < b ? -1 : 1)),
      decision.reason,
    ]);
  const sorted = [...decisions].sort((a, b) =>
    a.time_ns !== b.time_ns ? (a.time_ns < b.time_ns ? -1 : 1) : text(a) < text(b) ? -1 : 1,
  );
  return sorted.filter((decision, at) => sorted.findIndex(({ id }) => id === decision.id) === at);
}

export function resolveSignal(
  signal: Signal,
  facts: readonly Statement[],
  decisions: readonly Decision[],
  parameters: Parameters,
): Resolved {
  const actors = resolveAll(signal.actors, signal.time_ns, facts, parameters);
  const targets = resolveAll(signal.targets, signal.time_ns, facts, parameters);
  const covering = decisions.filter((decision) => {
    const { rule, entity, from, expires } = decision.arguments;
    if (decision.action !== 'suppress' || (rule === undefined && entity === undefined)) return false;
    const begin = parseTime(from) ?? decision.time_ns;
    const end = parseTime(expires) ?? begin + 86_400_000_000_000n;
    const named = [...actors.keys(), ...targets.keys()].map(String);
    return (
      signal.time_ns >= begin &&
      signal.time_ns < end &&
      (rule === undefined || rule === signal.rule.id) &&
      (entity === undefined || named.includes(entity))
    );
  });
  return {
    signal,
    id: signal.id,
    t: signal.time_ns,
    actors,
    targets,
    role: covering.some((decision) => decision.arguments['change'] === undefined)
      ? 'suppressed'
      : signal.class,
    moves: false,
    calls: [],
    approved: covering.some((decision) => decision.arguments['change'] !== undefined),
    incident_id: incidentIdOf(signal),
  };
}

export function incidentIdOf({ scope, id }: Signal): string {
  return shortHash(`incident\u0000${scope}\u0000${id}`);
}

export function before(a: { id: string; t: bigint }, b: { id: string; t: bigint }): number {
  if (a.t !== b.t) return a.t < b.t ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** How an entity may link. */
export function linkKind(entity: Entity): LinkKind | undefined {
  const kind = entityKind(entity);
  const value = entity.slice(kind.length + 1);
  if (kind === 'image' || kind === 'image_reference') return undefined;
  if (kind === 'user' && /^system:(?!bootstrap:)/.test(value)) return undefined;
  if (kind === 'serviceaccount') {
    if (parsePrincipal(`system:serviceaccount:${value.replace('/', ':')}`).controller) return undefined;
    return value.endsWith('/default') ? 'default_serviceaccount' : 'serviceaccount';
  }
  return kind;
}

/** No pod acts, by whatever name. */
export function actsOutsidePods({ actors }: Resolved): boolean {
  return ![...actors].some(([e, { named }]) => named && ['pod', 'pod_name'].includes(entityKind(e)));
}

const mains: readonly EntityKind[] = [
  'workload',
  'pod',
  'pod_name',
  'container',
  'serviceaccount',
  'user',
  'session',
  'node',
  'external',
  'ip',
  'process',
  'connection',
  'image',
  'image_reference',
  'object',
  'host_network',
];

function standing(known: Map<Entity, Known>): Entity[] {
  return [...known].flatMap(([entity, { replaced }]) => (replaced ? [] : [entity]));
}

export function mainOf({ actors, targets }: Resolved): Entity | undefined {
  return firstOfKinds(standing(actors), mains) ?? firstOfKinds(standing(targets), mains);
}

/** With what a person or an account comes: who and how, and what. */
export function comesWith({ signal, actors }: Resolved): readonly [person: string, all: string] | undefined {
  const { family, fields } = signal;
  if (signal.class === 'context' || family === 'runtime') return undefined;
  const linking = standing(actors).filter((entity) => linkKind(entity) !== undefined);
  const [who, what] =
    family === 'network'
      ? [firstOfKinds(standing(actors), mains), cameFrom(actors, fields['source.geo.country_iso_code'])]
      : [firstOfKinds(linking, ['serviceaccount', 'user']), fields['user_agent.original']];
  if (who === undefined || what === undefined) return undefined;
  const isPerson = who.startsWith('user:');
  if (family === 'network') return isPerson ? [`${who} from `, `${who} from ${what}`] : undefined;
  const asker = `${who}\u0000with\u0000`;
  return [asker, `${asker}${isPerson ? what : what.replace(/\/.*/s, '')}`];
}

/** The country, and the network of the first address on the outside. */
function cameFrom(actors: Resolved['actors'], country: string | undefined): string | undefined {
  const [address] = standing(actors)
    .filter((entity) => entityKind(entity) === 'external')
    .map((entity) => entity.slice('external:'.length))
    .filter((value) => isIP(value) !== 0)
    .sort();
  if (address === undefined) return country;
  const groups = address.includes(':') ? address.split(':').slice(0, 3) : address.split('.').slice(0, 3);
  return `${country ?? ''} ${groups.join('.')}`;
}

/** The person, where a signal says no more than with what they come. */
export function personOf(resolved: Resolved): string | undefined {
  const [person, all] = comesWith(resolved) ?? [];
  return all !== undefined && usualOf(resolved) === all ? person : undefined;
}

/** Who talks to whom, for the network family; which rule saw which command or request of whom, for others. */
export function usualOf(resolved: Resolved): string | undefined {
  const { signal, actors, targets } = resolved;
  if (signal.class === 'context') {
    const about = mainOf(resolved);
    return about === undefined ? undefined : [about, signal.rule.id].join('\u0000');
  }
  if (signal.family === 'network') {
    const others = standing(actors).filter((entity) => !resolved.targets.has(entity));
    const from = firstOfKinds(others, mains);
    if (from?.startsWith('user:') === true) return comesWith(resolved)?.[1];
    const outside = standing(targets).filter((entity) => entityKind(entity) === 'external');
    const names = outside.filter((entity) => isIP(entity.slice('external:'.length)) === 0).sort();
    const to =
      names[0] ?? firstOfKinds(standing(targets), ['external', 'workload', 'pod', 'pod_name', 'node', 'ip']);
    const kind = signal.first_only === true ? ` ${contactKindOf(signal.fields)}` : '';
    return from === undefined || to === undefined ? undefined : `${from} > ${to}${kind}`;
  }
  const { fields, rule } = signal;
  if (signal.family === 'runtime') {
    const command = fields['process.command_line'];
    const runner = mainOf(resolved);
    if (command === undefined || runner === undefined) return undefined;
    const who = runner.startsWith('node:') ? 'any node' : runner;
    const words = command.slice(0, 200).split(/([\s/=:,;|"'])/);
    return [who, rule.id, ...words.map((word) => (/\d/.test(word) ? '#' : word))].join('\u0000');
  }
  const linking = standing(actors).filter((entity) => linkKind(entity) !== undefined);
  const account = firstOfKinds(linking, ['serviceaccount', 'user']);
  const [verb, resource, namespace] = ['verb', 'objectRef.resource', 'objectRef.namespace'].map(
    (name) => fields[`kubernetes.audit.${name}`],
  );
  if (account === undefined || verb === undefined || resource === undefined) return undefined;
  const program = account.startsWith('user:') ? ['with', fields['user_agent.original']] : [];
  if (program.includes(undefined)) return undefined;
  if (program.length > 0 && rule.level === 'informational') return [account, ...program].join('\u0000');
  return [account, ...program, rule.id, verb, resource, namespace].join('\u0000');
}

/** Who stands on the other side of an entity. */
export function othersOf(entity: Entity, { actors, targets }: Resolved): Entity[] {
  const all = new Set([...standing(actors), ...standing(targets)]);
  all.delete(entity);
  for (const tier of [
    ['workload', 'user'],
    ['pod'],
    ['pod_name'],
    ['container'],
    ['serviceaccount'],
    ['node'],
    ['ip'],
  ]) {
    const some = [...all].filter((other) => tier.includes(entityKind(other)));
    if (some.length > 0) return some;
  }
  return [];
}
