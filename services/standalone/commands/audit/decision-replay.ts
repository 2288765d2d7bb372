import type { NormalisedEvent } from '#shared/event/event.ts';
import { createDetector } from '#shared/sigma/create-detector.ts';
import { rulesRefused } from '#shared/sigma/refused.ts';
import { loadRuleSet } from '#shared/sigma/set/load.ts';
import type { RuleSet } from '#shared/sigma/set/rule-set.ts';
import { families } from '../../../../schemas/topics/topics.ts';
import { allFormats } from '../../events/all-formats.ts';
import { readEventFile } from '../../events/read-file.ts';

/** What came of judging an event again. */
export interface Replay {
  readonly verdict: 'follows' | 'does not follow' | 'cannot be told';
  readonly why: string;
}

/** The part of a leaf that a judgement needs. */
export interface JudgedLeaf {
  readonly type: string;
  readonly tenant: string;
  readonly facts: Readonly<Record<string, string>>;
}

/**
 * Judges an event again: normalises the tool's record that the leaf names by hash, applies the rule that it names by the
 * hash of its text, and says whether the detection follows. `record` is a file with the record as the tool wrote it, or
 * a recorded stream that has it; `rules` is where the rule's text may be found.
 * @throws BW_RULES_REFUSED when the rules there are no set.
 */
export async function replayDecision(leaf: JudgedLeaf, record: string, rules: string): Promise<Replay> {
  const { event_hash = '', event: event_id, family, rule = '', rule_sha256, origin } = leaf.facts;
  if (leaf.type !== 'detection.fired') return unknown(`a leaf of type ${leaf.type} is no detection`);
  if (origin === 'correlation')
    return unknown('a correlation rule looks at several signals: replay each of them');
  const events = readEventFile(record, {
    formats: allFormats(),
    family: families.find((each) => each === family),
    scope: leaf.tenant,
  }).flatMap((entry) => entry.events);
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
  const result = await loadRuleSet(rules);
  if (result.kind === 'refused') throw rulesRefused(result.problems);
  return result.set;
}

function unknown(why: string): Replay {
  return { verdict: 'cannot be told', why };
}
