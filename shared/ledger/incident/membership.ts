import { parseLeafView } from '../evidence/leaf-view.ts';
import type { Selection } from '../evidence/filter.ts';
import { TreeReader } from '../proof.ts';

/** What the leaves of a tenant say belongs to one incident. */
export interface Membership {
  /** The incident, and those that were merged into it; sorted. */
  readonly incidents: readonly string[];
  /** Signals that were in one of them; sorted. */
  readonly signals: readonly string[];
}

/** A log as far as it is published. */
export interface PublishedLog {
  /** The folder of the log. */
  readonly folder: string;
  /** Leaves before it are pruned. */
  readonly first: number;
  readonly size: number;
}

/** Signals of one incident that a filter can name. */
const signals_max = 10_000;

/** Reads the leaves about incidents, oldest first, and follows merges to what an incident is made of. */
export function membershipOf(logs: readonly PublishedLog[], incident: string): Membership {
  const signals = new Map<string, string[]>();
  /** Incident → those that became part of it. */
  const absorbed = new Map<string, Set<string>>();
  for (const { folder, first, size } of logs) {
    for (const entry of new TreeReader(folder, size).entries(first, size)) {
      if (!entry.includes('"type":"incident.')) continue;
      const { incident: id, members = '', merged_into } = parseLeafView(entry.toString())?.facts ?? {};
      if (id === undefined) continue;
      signals.set(id, [...(signals.get(id) ?? []), ...members.split(' ')]);
      if (merged_into === undefined) continue;
      absorbed.set(merged_into, (absorbed.get(merged_into) ?? new Set()).add(id));
    }
  }
  const incidents = new Set([incident]);
  for (const each of incidents) for (const part of absorbed.get(each) ?? []) incidents.add(part);
  const all = [...incidents].flatMap((each) => signals.get(each) ?? []).filter((id) => id !== '');
  return {
    incidents: [...incidents].sort(),
    signals: [...new Set(all)].sort().slice(0, signals_max),
  };
}

/** Every leaf about the incident, and the detections that are in it. Any of the selections. */
export function membershipSelections({ incidents, signals }: Membership): Selection[] {
  const about: Selection = { facts: { incident: incidents } };
  if (signals.length === 0) return [about];
  return [about, { types: ['detection.fired', 'detection.withdrawn'], facts: { signal: signals } }];
}
