import type { ContextEntry, ContextInterval, ContextStore } from '#shared/context/port.ts';
import type { NormalisedEvent } from '#shared/event/event.ts';
import type { SnapshotItem } from '#shared/event/format.ts';
import { shortHash } from '#shared/event/identity.ts';
import { limitOriginal } from './limits.ts';
import type { Reading, SnapshotReading } from './read-record.ts';

/** Items of a version that are remembered; further ones are told with every version. */
export const items_max = 500;

/** The field of a remembered version that is no item. */
const version_field = '';

/** What a version stated, by name of the item. */
interface Version {
  readonly version: bigint;
  readonly states: ReadonlyMap<string, string>;
}

/**
 * Of records that state all that holds of something, keeps the events of what is new or changed since the former
 * version, and adds those of what is gone. Former versions are in the context store, one read and one write a batch.
 * A version is compared to the newest that is older, so that a record which comes again says the same again, under the
 * same ids. Where versions come in order, every change is told once; one that comes late tells what changed up to it.
 * @throws BW_CONTEXT_UNAVAILABLE, retriable
 */
export async function keepNews(
  readings: readonly (Reading | undefined)[],
  context: ContextStore,
): Promise<readonly (Reading | undefined)[]> {
  const keys = new Set<string>();
  for (const reading of readings) for (const snapshot of reading?.snapshots ?? []) keys.add(keyOf(snapshot));
  if (keys.size === 0) return readings;
  const known = await readVersions([...keys], context);
  const entries: ContextEntry[] = [];
  const news = readings.map((reading) =>
    reading === undefined || reading.snapshots.length === 0 ? reading : newsOf(reading, known, entries),
  );
  if (entries.length > 0) await context.write(entries);
  return news;
}

async function readVersions(keys: readonly string[], context: ContextStore): Promise<Map<string, Version[]>> {
  const answers = await context.read(keys);
  return new Map(keys.map((key, index) => [key, (answers[index] ?? []).map(versionOf)]));
}

function versionOf({ from_ns, value }: ContextInterval): Version {
  const states = new Map(Object.entries(value));
  states.delete(version_field);
  return { version: from_ns, states };
}

function keyOf({ scope, of }: SnapshotReading): string {
  return `${scope}|snapshot:${shortHash(of)}`;
}

function newsOf(reading: Reading, known: Map<string, Version[]>, entries: ContextEntry[]): Reading {
  const stated = new Set(reading.snapshots.flatMap(({ items }) => items.map(({ event }) => event)));
  const events = reading.events.filter((event) => !stated.has(event));
  const dropped = [...reading.dropped];
  for (const snapshot of reading.snapshots) {
    const key = keyOf(snapshot);
    const versions = known.get(key) ?? [];
    const former = formerOf(snapshot.version, versions);
    const changes = changesOf(snapshot, former);
    if (changes.length === 0) {
      dropped.push(snapshot.unchanged);
      continue;
    }
    events.push(...withOriginal(changes, snapshot.original));
    const version = { version: snapshot.version, states: statesOf(snapshot.items) };
    known.set(key, [...versions, version]);
    entries.push(entryOf(key, version));
  }
  return { ...reading, events, dropped };
}

function formerOf(version: bigint, versions: readonly Version[]): Version | undefined {
  let former: Version | undefined;
  for (const one of versions) {
    if (one.version < version && (former === undefined || one.version > former.version)) former = one;
  }
  return former;
}

/** Without a former version all is new. */
function changesOf(snapshot: SnapshotReading, former: Version | undefined): readonly NormalisedEvent[] {
  const news = snapshot.items
    .filter(({ name, state }) => former?.states.get(name) !== state)
    .map(({ event }) => event);
  const present = new Set(snapshot.items.map(({ name }) => name));
  const gone = [...(former?.states ?? [])]
    .filter(([name]) => !present.has(name))
    .map(([name, state]) => snapshot.gone({ name, state }));
  return [...news, ...gone];
}

/** The original goes with the first event that is told. */
function withOriginal(events: readonly NormalisedEvent[], text: string): readonly NormalisedEvent[] {
  const document = events[0]?.document;
  if (document === undefined || document.event?.original !== undefined) return events;
  const original = limitOriginal(text);
  document.event = { ...document.event, original };
  const truncated = new Set([...(document.breakwater?.truncated ?? []), 'original_length']);
  if (original === undefined)
    document.breakwater = { ...document.breakwater, truncated: [...truncated].sort() };
  return events;
}

function statesOf(items: readonly SnapshotItem[]): ReadonlyMap<string, string> {
  return new Map(items.slice(0, items_max).map(({ name, state }) => [name, state]));
}

/** The version in the value keeps two versions that state the same apart. */
function entryOf(key: string, { version, states }: Version): ContextEntry {
  const value = { ...Object.fromEntries(states), [version_field]: String(version) };
  return { key, from_ns: version, to_ns: undefined, value };
}
