import type { Level } from '#shared/avro/types.generated.ts';
import type { RuleSet } from '#shared/sigma/set/rule-set.ts';

/** A rule, correlation or filter in which two sets differ. */
export interface OnTrial {
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  readonly kind: 'rule' | 'correlation' | 'filter';
  readonly state: 'new' | 'changed' | 'removed';
}

/** In what two sets differ, by the text of their documents; in the order of kind and id. */
export function differenceOf(present: RuleSet, candidate: RuleSet): readonly OnTrial[] {
  const documents = (set: RuleSet): readonly Omit<OnTrial, 'state'>[] =>
    [...set.rules.map(({ rule }) => rule), ...set.correlations, ...set.filters].map(
      ({ id, title, level, kind }) => ({ id, title, level, kind }),
    );
  const known = documents(candidate).flatMap((document): readonly OnTrial[] => {
    const before = present.hashes.get(document.id);
    if (before === candidate.hashes.get(document.id)) return [];
    return [{ ...document, state: before === undefined ? 'new' : 'changed' }];
  });
  const removed = documents(present)
    .filter(({ id }) => !candidate.hashes.has(id))
    .map((document) => ({ ...document, state: 'removed' as const }));
  return [...known, ...removed];
}
