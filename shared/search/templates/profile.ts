/**
 * What the server can do. `full`: a complete Elasticsearch from 8.19. `core`: one without the x-pack modules, such as
 * the local development server.
 */
export const profiles = ['core', 'full'] as const;
export type Profile = (typeof profiles)[number];

/** A field mapping as Elasticsearch wants it. */
export type FieldMapping = Readonly<Record<string, string | number | boolean>>;

/** Values of more characters could exceed Lucene's 32,766 bytes a term: four bytes a character. */
const ignore_above_chars_max = 8_191;
const ignore_above_chars = 1_024;
const flattened_depth_max = 20;

const keyword: FieldMapping = { type: 'keyword', ignore_above: ignore_above_chars };
const longKeyword: FieldMapping = { type: 'keyword', ignore_above: ignore_above_chars_max };
const flattened: FieldMapping = {
  type: 'flattened',
  ignore_above: ignore_above_chars,
  depth_limit: flattened_depth_max,
};

/** Types that exist in both profiles, or are the same object in both. */
const common: Readonly<Record<string, FieldMapping>> = {
  keyword,
  flattened,
  // ECS's objects with free keys: each key as a field of its own would end in a mapping explosion.
  object: flattened,
  text: { type: 'text' },
  long: { type: 'long' },
  float: { type: 'float' },
  boolean: { type: 'boolean' },
  ip: { type: 'ip' },
  date: { type: 'date' },
  date_nanos: { type: 'date_nanos' },
};

const byProfile: Readonly<Record<Profile, Readonly<Record<string, FieldMapping>>>> = {
  core: { ...common, constant_keyword: keyword, wildcard: longKeyword, match_only_text: { type: 'text' } },
  full: {
    ...common,
    constant_keyword: { type: 'constant_keyword' },
    wildcard: { type: 'wildcard', ignore_above: ignore_above_chars_max },
    match_only_text: { type: 'match_only_text' },
  },
};

/** Fields that need more than their type says. */
const special: Readonly<Record<string, FieldMapping>> = {
  // The time orders and expires everything: a document without a readable one is refused.
  '@timestamp': { type: 'date_nanos', ignore_malformed: false },
  // Evidence: shown, never searched.
  'event.original': { type: 'keyword', index: false, doc_values: false },
};

/**
 * The mapping of one field.
 * @throws TypeError for a type that no template uses yet
 */
export function fieldMapping(name: string, type: string, profile: Profile): FieldMapping {
  const mapping = special[name] ?? byProfile[profile][type];
  if (mapping === undefined) throw new TypeError(`no mapping for type ${type} of ${name}`);
  return mapping;
}
