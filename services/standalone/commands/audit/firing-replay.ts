import type { Signal } from '#shared/avro/types.generated.ts';
import type { NormalisedEvent } from '#shared/event/event.ts';
import { signalsOf } from '#shared/ingest/signals.ts';
import { detectionFacts, partsHash, signalHash } from '#shared/ledger/records/detection.ts';
import { createCorrelations } from '#shared/sigma/correlation/create-correlations.ts';
import { type Definition, definitionsOf } from '#shared/sigma/correlation/definition.ts';
import { parts_per_rule_max } from '#shared/sigma/correlation/limits.ts';
import { createDetector } from '#shared/sigma/create-detector.ts';
import type { RuleSet } from '#shared/sigma/set/rule-set.ts';
import { defaultParameters } from '../../../correlator/core/parameters.ts';
import { type JudgedLeaf, type Replay, unknown } from './verdict.ts';

type Facts = JudgedLeaf['facts'];

/** A firing that stands, and the signals that it names. */
interface Standing {
  readonly firing: Signal;
  readonly parts: readonly Signal[];
}

/**
 * Judges a firing again: detects in all events of a recording, lets the correlations of the set run over the signals, and
 * looks for the firing. It must name the same signals, whose records must be the same to the byte.
 */
export function replayFiring(facts: Facts, events: readonly NormalisedEvent[], set: RuleSet): Replay {
  const { rule = '', rule_sha256 } = facts;
  const definition = definitionsOf(set).find((each) => each.rule.id === rule);
  if (definition === undefined) return unknown(`there is no correlation rule ${rule}`);
  const { hash } = definition.rule;
  if (hash !== rule_sha256)
    return unknown(`the rule ${rule} here has the hash ${hash}, the leaf names ${rule_sha256}`);
  const signals = detect(events, set);
  const standing = correlate(signals, set);
  const found = standing.get(facts['signal'] ?? '');
  if (found !== undefined && isSame(found, facts)) return follows(found, facts);
  return withoutOthers(facts, definition, signals, standing, set);
}

function detect(events: readonly NormalisedEvent[], set: RuleSet): readonly Signal[] {
  const detector = createDetector(set);
  return events.flatMap((event) =>
    signalsOf({ ...event, marks: [...event.marks, ...detector.detect(event)] }, detector.signal_fields),
  );
}

/** The firings that stand at the end, by id. */
function correlate(signals: readonly Signal[], set: RuleSet): ReadonlyMap<string, Standing> {
  const horizon_ns = BigInt(defaultParameters.horizon.lateness_ms) * 1_000_000n;
  const { fired, parts } = createCorrelations(set, { horizon_ns }).add(signals);
  return new Map(fired.map((firing) => [firing.id, { firing, parts: parts.get(firing.id) ?? [] }]));
}

function isSame({ firing }: Standing, { parts, part_ids }: Facts): boolean {
  const now = detectionFacts(firing, '');
  return now['parts'] === parts && now['part_ids'] === part_ids;
}

function follows({ firing, parts }: Standing, { record_sha256, parts_sha256, rule_sha256 }: Facts): Replay {
  const what = `the rule ${firing.rule.id} with the hash ${rule_sha256} fires on these ${parts.length} signals`;
  const isExact = partsHash(parts.map(signalHash)) === parts_sha256 && signalHash(firing) === record_sha256;
  return isExact
    ? { verdict: 'follows', why: what }
    : unknown(`${what}, but their records are not those of then: name the rules that were in force`);
}

/** The recording may have signals that came later: what follows from the named ones alone followed then. */
function withoutOthers(
  facts: Facts,
  definition: Definition,
  signals: readonly Signal[],
  standing: ReadonlyMap<string, Standing>,
  set: RuleSet,
): Replay {
  const { rule } = definition;
  const named = (facts['part_ids'] ?? '').split(' ');
  const byId = new Map(signals.map((signal) => [signal.id, signal]));
  const missing = named.filter((id) => !byId.has(id) && !standing.has(id));
  if (missing.length > 0)
    return unknown(`the recording lacks ${missing.length} of the ${facts['parts']} signals: ${missing[0]}`);
  const no: Replay = {
    verdict: 'does not follow',
    why: `the rule ${rule.id} with the hash ${facts['rule_sha256']} does not fire so on these signals`,
  };
  const base = baseOf(named, byId, standing);
  if (definition.final || definition.delay_ns > 0n) {
    const decided_ns = latestOf(base) + rule.timespan_ns + definition.lateness_ns;
    return latestOf(signals) > decided_ns
      ? no
      : unknown('it depends on what did not happen, and the recording ends before that was decided');
  }
  const found = correlate(base, set).get(facts['signal'] ?? '');
  if (found !== undefined && isSame(found, facts)) return follows(found, facts);
  return named.length >= parts_per_rule_max
    ? unknown('the leaf does not name all of its signals, and with those of the recording it is another')
    : no;
}

/** The signals of events that some parts, which may be firings themselves, are made of. */
function baseOf(
  ids: readonly string[],
  byId: ReadonlyMap<string, Signal>,
  standing: ReadonlyMap<string, Standing>,
): readonly Signal[] {
  return ids.flatMap((id) => byId.get(id) ?? baseOf(standing.get(id)?.firing.parts ?? [], byId, standing));
}

function latestOf(signals: readonly Signal[]): bigint {
  return signals.reduce((latest, { time_ns }) => (time_ns > latest ? time_ns : latest), 0n);
}
