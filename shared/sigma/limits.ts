/**
 * Every bound of the rule engine. Rules come from people who may err, events from attackers: nothing here grows with
 * what they write beyond these.
 */

/** A rule file; SigmaHQ's largest is 40 kB. */
export const rule_file_bytes_max = 1_048_576;
/** YAML documents in one file. */
export const yaml_documents_max = 1_000;
/** YAML nodes in one file after aliases are resolved: bounds alias bombs. */
export const yaml_nodes_max = 100_000;
/** Nesting of YAML collections. */
export const yaml_depth_max = 32;

/** Nesting of brackets in a condition. */
export const condition_depth_max = 64;
/** Characters of one condition. */
export const condition_chars_max = 16_384;
/** Values of one detection item after placeholders and encodings are expanded. */
export const item_values_max = 10_000;
/** Characters of one value. */
export const value_chars_max = 65_536;
/** Variants of one value under `windash`: five per dash, so five dashes. */
export const windash_variants_max = 3_125;
/** Identifiers of a condition up to which contradictions are searched by trying every combination. */
export const contradiction_identifiers_max = 10;
/** Tests (comparisons of one field with one value) of one rule. */
export const rule_tests_max = 20_000;

/** States of the automaton of one regular expression before it is made deterministic. */
export const regex_states_max = 4_096;
/** Repetitions that `{n,m}` may ask for. */
export const regex_repeat_max = 1_000;
/** Nesting of groups in a regular expression. */
export const regex_depth_max = 64;
/** Deterministic states that are remembered for one regular expression; when full, they are forgotten. */
export const regex_remembered_states_max = 512;

/** Arrays within arrays that are still looked into. */
export const event_depth_max = 64;
/** Leaves of one event that keyword rules look at. */
export const keyword_leaves_max = 10_000;
/** Different log sources for which an index is kept; a further one replaces the oldest. */
export const routes_max = 256;
/** Event keys that one object node of the field index remembers as not wanted. */
export const unknown_keys_max = 4_096;

/** Characters of a signal's summary. */
export const summary_chars_max = 512;
/** Characters of a field value that a summary or an entity quotes. */
export const quoted_chars_max = 256;
/** Values of one field that an explanation quotes. */
export const explained_values_max = 5;
