import type { NormalisedEvent } from '#shared/event/event.ts';
import { createDetector } from '#shared/sigma/create-detector.ts';
import { rulesRefused } from '#shared/sigma/refused.ts';
import { loadRuleSet } from '#shared/sigma/set/load.ts';
import type { RuleSet } from '#shared/sigma/set/rule-set.ts';
import { families } from '../../../../schemas/topics/topics.ts';
import { allFormats } from '../../events/all-formats.ts';
import { readEventFile } from '../../events/read-file.ts';
import { replayFiring } from './firing-replay.ts';
import { type JudgedLeaf, type Replay, unknown } from './verdict.ts';

/**
 * Judges an event again: normalises the tool's record that the leaf names by hash, applies the rule that it names by the
 * hash of its text, and says whether the detection follows. For a firing of a correlation, it does so with all records
 * that its signals are of. `record` is a file with the record as the tool wrote it, or a recorded stream that has it;
 * `rules` is where the rule's text may be found.
 * @throws BW_RULES_REFUSED when the rules there are no set.
 */
export async function replayDecision(leaf: JudgedLeaf, record: string, rules: string): Promise<Replay> {
  const { event_hash = '', event: event_id, family, rule = '', rule_sha256, origin } = leaf.facts;
  if (leaf.type !== 'detection.fired') return unknown(`a leaf of type ${leaf.type} is no detection`);
  const isFiring = origin === 'correlation';
  const events = readEventFile(record, {
    formats: allFormats(),
    family: isFiring ? undefined : families.find((each) => each === family),
    scope: leaf.tenant,
  }).flatMap((entry) => entry.events);
  if (isFiring) return replayFiring(leaf.facts, events, await loadSet(rules));
  const judged = events.find(({ hash, id }) => hash === event_hash && id === event_id);
  if (judged === undefined)
    return unknown(`no record in ${record} gives the event with the hash ${event_hash}`);
  if (origin !== 'sigma') return said(judged, rule, origin ?? 'tool');
  return applyRule(judged, rule, rule_sha256 ?? '', await loadSet(rules));
}

/** What a tool or a check of its output said is read from the record itself. */
function said({ marks }: NormalisedEvent, rule: string, origin: string): Replay {
  return marks.some((mark) => mark.rule.id === rule)
    ? { verdict: 'follows', why: `the record itself says so (${origin})` }
    : { verdict: 'does not follow', why: `the record does not say ${rule}` };
}

function applyRule(event: NormalisedEvent, rule: string, sha256: string, set: RuleSet): Replay {
  const compiled = set.rules.find((each) => each.rule.id === rule);
  if (compiled === undefined) return unknown(`there is no rule ${rule}`);
  const found = compiled.rule.hash;
  if (found !== sha256)
    return unknown(`the rule ${rule} here has the hash ${found}, the leaf names ${sha256}`);
  const detector = createDetector({ ...set, rules: [compiled] });
  return detector.detect(event).length > 0
    ? { verdict: 'follows', why: `the rule ${rule} with the hash ${sha256} matches the event` }
    : {
        verdict: 'does not follow',
        why: `the rule ${rule} with the hash ${sha256} does not match the event`,
      };
}

async function loadSet(rules: string): Promise<RuleSet> {
  const result = await loadRuleSet(rules, { tests: false });
  if (result.kind === 'refused') throw rulesRefused(result.problems);
  return result.set;
}
