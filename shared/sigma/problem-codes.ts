export type Severity = 'error' | 'warning';

/** Every code of the linter. A code never changes its meaning. */
export const problemCodes = {
  'file-too-large': { severity: 'error', meaning: 'The file is larger than a rule file may be.' },
  'yaml-syntax': { severity: 'error', meaning: 'The file is not YAML.' },
  'yaml-duplicate-key': {
    severity: 'error',
    meaning: 'A key occurs twice in one map; only one could count.',
  },
  'yaml-too-complex': {
    severity: 'error',
    meaning: 'Too many documents, nodes or aliases, or nested too deep.',
  },
  'yaml-key-not-text': { severity: 'error', meaning: 'A key is a list or a map.' },
  'yaml-looks-boolean': {
    severity: 'warning',
    meaning: 'yes, no, on or off without quotes: a boolean in old YAML, text here.',
  },
  'yaml-leading-zero': {
    severity: 'warning',
    meaning: 'A number with a leading zero: octal in old YAML, decimal here; quote it.',
  },
  'document-unknown': {
    severity: 'error',
    meaning: 'The document has none of detection, correlation, filter, transformations.',
  },
  'document-empty': { severity: 'warning', meaning: 'The document holds nothing.' },
  'key-missing': { severity: 'error', meaning: 'A required key is missing.' },
  'key-unknown': {
    severity: 'warning',
    meaning: 'A key that the specification does not know; perhaps a typo.',
  },
  'key-type': { severity: 'error', meaning: 'The value of a key has the wrong type.' },
  'value-unknown': { severity: 'error', meaning: 'The value is none of those allowed.' },
  'id-missing': { severity: 'warning', meaning: 'A rule without id cannot be referred to for ever.' },
  'id-not-uuid': { severity: 'warning', meaning: 'The id is not a UUID.' },
  'id-duplicate': { severity: 'error', meaning: 'Two documents have the same id or name.' },
  'level-missing': { severity: 'warning', meaning: 'No level: taken as low.' },
  'level-of-context': {
    severity: 'warning',
    meaning: 'A rule of class context describes a state; high and critical are for what somebody does.',
  },
  'tag-unknown': {
    severity: 'warning',
    meaning: 'An attack.* tag that is neither a tactic nor a technique.',
  },
  'logsource-empty': {
    severity: 'error',
    meaning: 'The logsource names no category, product or service: the rule would apply to everything.',
  },
  'detection-empty': { severity: 'error', meaning: 'An empty list or map: it can never match.' },
  'item-mixed': { severity: 'error', meaning: 'A list mixes what cannot be mixed.' },
  'value-null-in-list': {
    severity: 'warning',
    meaning: 'null in a list of values: accepted, not in the specification.',
  },
  'value-matches-all': { severity: 'warning', meaning: 'The value matches every text.' },
  'value-too-long': { severity: 'error', meaning: 'The value, or the list it expands to, is too long.' },
  'value-coerced': {
    severity: 'warning',
    meaning: 'A number where text is expected, or text where a number is; converted.',
  },
  'modifier-unknown': { severity: 'error', meaning: 'No such modifier.' },
  'modifier-order': { severity: 'error', meaning: 'The modifier cannot stand here.' },
  'modifier-conflict': { severity: 'error', meaning: 'Modifiers that exclude each other.' },
  'modifier-value': {
    severity: 'error',
    meaning: 'The value does not fit the modifier: it can never match.',
  },
  'modifier-useless': { severity: 'warning', meaning: 'The modifier changes nothing here.' },
  'regex-syntax': { severity: 'error', meaning: 'Not a regular expression.' },
  'regex-unsupported': {
    severity: 'error',
    meaning: 'Look-around or back-reference: cannot be matched in linear time.',
  },
  'regex-too-large': {
    severity: 'error',
    meaning: 'The automaton of the regular expression would be too large.',
  },
  'regex-inline-flag': { severity: 'warning', meaning: 'Deprecated (?i) prefix: use the modifier re|i.' },
  'placeholder-unresolved': {
    severity: 'error',
    meaning: 'No list or variable has the name of the placeholder.',
  },
  'placeholder-without-expand': {
    severity: 'warning',
    meaning: 'The value looks like a placeholder, but the modifier expand is missing.',
  },
  'condition-syntax': { severity: 'error', meaning: 'The condition cannot be parsed.' },
  'condition-identifier-unknown': {
    severity: 'error',
    meaning: 'The condition names what the detection does not define.',
  },
  'condition-pattern-empty': { severity: 'error', meaning: 'A pattern in the condition fits no identifier.' },
  'condition-extension': {
    severity: 'warning',
    meaning: 'Works here, not elsewhere: upper-case operators, or counts other than 1, any, all.',
  },
  'condition-never': { severity: 'error', meaning: 'The condition can never be true.' },
  'condition-always': { severity: 'warning', meaning: 'The condition is true for every event.' },
  'condition-aggregation': {
    severity: 'error',
    meaning: 'Aggregations after a pipe are gone: write a correlation.',
  },
  'identifier-unused': { severity: 'warning', meaning: 'The condition does not use the identifier.' },
  'rule-reference-unknown': {
    severity: 'error',
    meaning: 'A correlation refers to a rule that is not loaded.',
  },
  'rule-reference-unused': { severity: 'warning', meaning: 'A filter refers to a rule that is not loaded.' },
  'rule-reference-silent': {
    severity: 'warning',
    meaning:
      'A correlation stands on a rule with a score of 0 or `first_only`: its signals have no leaf, or come only as the first of a kind, so that a firing cannot be judged again.',
  },
  'rule-reference-cycle': {
    severity: 'error',
    meaning: 'Correlations refer to each other in a circle, or too deep.',
  },
  'filter-no-effect': { severity: 'warning', meaning: 'The filter applies to no rule.' },
  'filter-polarity': {
    severity: 'warning',
    meaning: 'The filter keeps what it selects: to exclude it, the condition needs a not.',
  },
  'timespan-syntax': { severity: 'error', meaning: 'Not a time span.' },
  'correlation-condition': {
    severity: 'error',
    meaning: 'The condition of the correlation is incomplete or can never hold.',
  },
  'correlation-always': {
    severity: 'warning',
    meaning: 'Every signal fulfils the condition of the correlation.',
  },
  'correlation-extension': { severity: 'warning', meaning: 'Beyond the specification; works here.' },
  'pipeline-unsupported': {
    severity: 'error',
    meaning: 'A transformation or condition of a pipeline that is not supported.',
  },
  'extension-invalid': { severity: 'error', meaning: 'The breakwater key of the rule is wrong.' },
} as const satisfies Record<string, { severity: Severity; meaning: string }>;

export type ProblemCode = keyof typeof problemCodes;
