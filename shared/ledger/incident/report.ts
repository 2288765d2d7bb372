import { isoTime } from '../evidence/csv.ts';
import type { LeafView } from '../evidence/filter.ts';
import { type Clock, clocksOf, type Recorded, type RecordedTimes } from './clocks.ts';
import { type Milestone, milestones, type Regime, regimes } from './milestones.ts';
import { sentenceOf } from './sentence.ts';

/** A leaf with its place. */
export interface PlacedLeaf {
  readonly log: string;
  readonly index: number;
  readonly leaf_hash: string;
  readonly leaf: LeafView;
}

/** One thing that the ledger says, and where. */
export interface ReportedFact {
  readonly time: string;
  readonly what: string;
  readonly type: string;
  readonly log: string;
  readonly index: number;
  readonly leaf_hash: string;
}

/** What is known of one incident from leaves alone. */
export interface IncidentReport {
  readonly format: 'breakwater-incident-report';
  readonly format_version: 1;
  readonly incident: string;
  readonly tenant: string;
  readonly as_of: string;
  readonly known: Readonly<Record<string, string>>;
  readonly clocks: readonly Clock[];
  /** What a reader may expect to find here and does not. */
  readonly unknown: readonly string[];
  /** In order of time. */
  readonly facts: readonly ReportedFact[];
}

/** Facts that a report lists; the records themselves have no limit. */
const facts_max = 20_000;

/** The report of an incident as of a time. The same leaves give the same report. */
export function incidentReport(
  incident: string,
  tenant: string,
  leaves: readonly PlacedLeaf[],
  as_of_ms: number,
): IncidentReport {
  const inOrder = leaves.toSorted(byTime);
  const times = recordedTimes(inOrder);
  return {
    format: 'breakwater-incident-report',
    format_version: 1,
    incident,
    tenant,
    as_of: new Date(as_of_ms).toISOString(),
    known: knownOf(incident, inOrder),
    clocks: clocksOf(times, as_of_ms),
    unknown: unknownOf(inOrder, times),
    facts: inOrder.slice(0, facts_max).map(({ log, index, leaf_hash, leaf }) => ({
      time: isoTime(leaf.time_us),
      what: sentenceOf(leaf),
      type: leaf.type,
      log,
      index,
      leaf_hash,
    })),
  };
}

function byTime(a: PlacedLeaf, b: PlacedLeaf): number {
  const [first, second] = [BigInt(a.leaf.time_us), BigInt(b.leaf.time_us)];
  if (first !== second) return first < second ? -1 : 1;
  return a.log === b.log ? a.index - b.index : a.log < b.log ? -1 : 1;
}

function knownOf(incident: string, leaves: readonly PlacedLeaf[]): Record<string, string> {
  const steps = leaves.filter(
    ({ leaf }) => leaf.type.startsWith('incident.') && leaf.facts['status'] !== undefined,
  );
  const own = steps.filter(({ leaf }) => leaf.facts['incident'] === incident);
  const [opened, last] = [own[0], own.at(-1)];
  const detections = leaves.filter(({ leaf }) => leaf.type === 'detection.fired');
  const known: Record<string, string | undefined> = {
    opened: opened && isoTime(opened.leaf.time_us),
    opened_because: opened?.leaf.facts['opened_because'],
    status: last?.leaf.facts['status'],
    score: last?.leaf.facts['score'],
    severity: last?.leaf.facts['severity'],
    signals: last?.leaf.facts['signals'],
    first_detection: detections[0] && isoTime(detections[0].leaf.time_us),
    last_detection: detections.at(-1) && isoTime(detections.at(-1)?.leaf.time_us ?? '0'),
    detections_on_leaves: String(detections.length),
    rules: valuesOf(detections, 'rule'),
    namespaces: valuesOf([...own, ...detections], 'namespaces'),
    images: valuesOf([...own, ...detections], 'images'),
  };
  const given = Object.entries(known).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[name, value]],
  );
  return Object.fromEntries(given);
}

function valuesOf(leaves: readonly PlacedLeaf[], fact: string): string {
  const values = leaves.flatMap(({ leaf }) => (leaf.facts[fact] ?? '').split(' '));
  return [...new Set(values)]
    .filter((value) => value !== '')
    .sort()
    .join(' ');
}

function recordedTimes(leaves: readonly PlacedLeaf[]): RecordedTimes {
  const sent: Partial<Record<Regime, Partial<Record<Milestone, Recorded>>>> = {};
  let aware: Recorded | undefined;
  let classified_major: Recorded | undefined;
  for (const { log, index, leaf } of leaves) {
    if (leaf.type !== 'incident.milestone') continue;
    const milestone = milestones.find((each) => each === leaf.facts['milestone']);
    const regime = regimes.find((each) => each === leaf.facts['regime']);
    const recorded = {
      time_ms: Number(BigInt(leaf.facts['at_us'] ?? leaf.time_us) / 1000n),
      leaf: `${log}/${index}`,
    };
    if (milestone === 'aware') aware = earlier(aware, recorded);
    if (milestone === 'classified_major') classified_major = earlier(classified_major, recorded);
    if (regime === undefined || milestone === undefined) continue;
    const of = (sent[regime] ??= {});
    const isFirst = milestone !== 'intermediate_sent' || regime !== 'dora';
    of[milestone] = isFirst ? earlier(of[milestone], recorded) : later(of[milestone], recorded);
  }
  return { aware, classified_major, sent };
}

function earlier(a: Recorded | undefined, b: Recorded): Recorded {
  return a === undefined || b.time_ms < a.time_ms ? b : a;
}

function later(a: Recorded | undefined, b: Recorded): Recorded {
  return a === undefined || b.time_ms > a.time_ms ? b : a;
}

function unknownOf(leaves: readonly PlacedLeaf[], { aware, classified_major }: RecordedTimes): string[] {
  const unknown: string[] = [];
  const steps = leaves.filter(({ leaf }) => leaf.type.startsWith('incident.'));
  if (steps.length === 0) unknown.push('No leaf says that this incident was opened.');
  if (aware === undefined) {
    const first = leaves.find(({ leaf }) => leaf.type === 'decision.taken');
    const hint =
      first === undefined
        ? 'no person has acted on it'
        : `a person first acted on it at ${isoTime(first.leaf.time_us)} (${first.log}/${first.index})`;
    unknown.push(
      `Nobody recorded when the organisation became aware; ${hint}. Clocks that run from awareness are unknown.`,
    );
  }
  if (classified_major === undefined)
    unknown.push('Nobody recorded a classification as major; the clocks of DORA have not started.');
  const named = new Set(
    steps.flatMap(({ leaf }) => (leaf.facts['members'] ?? '').split(' ')).filter((id) => id !== ''),
  );
  const found = new Set(
    leaves.flatMap(({ leaf }) => (leaf.type === 'detection.fired' ? [leaf.facts['signal']] : [])),
  );
  const missing = [...named].filter((id) => !found.has(id)).length;
  if (missing > 0)
    unknown.push(
      `${missing} of its ${named.size} signals have no leaf of their own: what says nothing alone is in the leaf of its batch only.`,
    );
  unknown.push('Whether personal data was concerned, and how many people, is not in the ledger.');
  if (leaves.length > facts_max)
    unknown.push(`Only the first ${facts_max} of ${leaves.length} facts are listed; records.ndjson has all.`);
  return unknown;
}
