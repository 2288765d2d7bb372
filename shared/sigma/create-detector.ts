import { type Entity, isEntity } from '#shared/event/entity.ts';
import type { NormalisedEvent } from '#shared/event/event.ts';
import type { Mark } from '#shared/event/format.ts';
import { classOfLevel } from '#shared/event/level.ts';
import { signalFieldsOf } from './correlation/definition.ts';
import type { Detector } from './detector.ts';
import { summary_chars_max } from './limits.ts';
import { logsourceOf } from './logsource.ts';
import { createMatcher } from './match/matcher.ts';
import type { Rule } from './rule/model.ts';
import type { RuleSet } from './set/rule-set.ts';
import { fillSentence, fillTemplate } from './template.ts';

/** Makes the detector of a set of rules: one mark for each rule that matches, in the order of rule ids. */
export function createDetector(set: RuleSet): Detector {
  const matcher = createMatcher(set.rules);
  return {
    detect: (event) => {
      const matches = matcher.match(logsourceOf(event), event.document);
      return matches.length === 0 ? noMarks : matches.map(({ rule }) => markOf(rule, event));
    },
    signal_fields: signalFieldsOf(set),
  };
}

const noMarks: readonly Mark[] = [];

function markOf(rule: Rule, event: NormalisedEvent): Mark {
  const { extension } = rule;
  return {
    rule: { id: rule.id, title: rule.title, level: rule.level, origin: 'sigma', sha256: rule.hash },
    class: extension.class ?? classOfLevel[rule.level],
    score: extension.score,
    opener: extension.opener,
    first_only: extension.first_only,
    tactics: rule.tactics,
    techniques: rule.techniques,
    summary:
      extension.summary === undefined
        ? undefined
        : fillSentence(extension.summary, event.document).slice(0, summary_chars_max),
    actors: entitiesOf(extension.actors, event),
    targets: entitiesOf(extension.targets, event),
  };
}

/** The entities of a rule's templates; those of the event when a rule has none, or none can be filled. */
function entitiesOf(
  templates: readonly string[] | undefined,
  event: NormalisedEvent,
): readonly Entity[] | undefined {
  const entities = templates?.flatMap((template): readonly Entity[] => {
    const filled = fillTemplate(template, event.document);
    return filled !== undefined && isEntity(filled) ? [filled] : [];
  });
  return entities === undefined || entities.length === 0 ? undefined : entities;
}
