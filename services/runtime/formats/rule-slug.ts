/** Rules that a sensor may have; beyond, the memory starts anew. */
const cached_rules_max = 4096;
const cache = new Map<string, string>();

/** A rule's name as part of a rule id: lower case, words joined by `-`. `Write below etc` becomes `write-below-etc`. */
export function ruleSlug(name: string): string {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const slug = name
    .slice(0, slug_length_max)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}.]+/gu, '-')
    .replaceAll(/^-|-$/g, '');
  if (cache.size >= cached_rules_max) cache.clear();
  cache.set(name, slug);
  return slug;
}

const slug_length_max = 160;
