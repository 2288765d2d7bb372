import type { EcsThreat } from './ecs.ts';

/** ATT&CK as a tool names it: tactics in kebab-case and technique ids, each once, in order of first mention. */
export interface AttackReference {
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
}

export const noAttack: AttackReference = { tactics: [], techniques: [] };

/** Enterprise tactics by id. */
const tactics = new Map([
  ['TA0043', 'reconnaissance'],
  ['TA0042', 'resource-development'],
  ['TA0001', 'initial-access'],
  ['TA0002', 'execution'],
  ['TA0003', 'persistence'],
  ['TA0004', 'privilege-escalation'],
  ['TA0005', 'defense-evasion'],
  ['TA0006', 'credential-access'],
  ['TA0007', 'discovery'],
  ['TA0008', 'lateral-movement'],
  ['TA0009', 'collection'],
  ['TA0011', 'command-and-control'],
  ['TA0010', 'exfiltration'],
  ['TA0040', 'impact'],
]);

const tacticNames: ReadonlySet<string> = new Set(tactics.values());
const tacticIds = new Map([...tactics].map(([id, name]) => [name, id]));

/**
 * Reads ATT&CK out of the free tags of a tool: `mitre_credential_access`, `TA0003`, `TA0005-defense-evasion`, `T1555`,
 * `T1059.004`, `T1562-impair-defenses`, `MITRE_T1036_masquerading`, `attack.t1611`. Other tags are passed over.
 */
export function attackOfTags(tags: readonly string[]): AttackReference {
  let found: { tactics: string[]; techniques: string[] } | undefined;
  for (const tag of tags) {
    const meaning = meaningOf(tag);
    if (meaning === undefined) continue;
    found ??= { tactics: [], techniques: [] };
    const list = meaning.kind === 'technique' ? found.techniques : found.tactics;
    if (!list.includes(meaning.name)) list.push(meaning.name);
  }
  return found ?? noAttack;
}

interface Meaning {
  readonly kind: 'technique' | 'tactic';
  readonly name: string;
}

/** A sensor's rules have some hundred tags among them; beyond this, the memory starts anew. */
const cached_tags_max = 4096;
const cache = new Map<string, Meaning | undefined>();

function meaningOf(tag: string): Meaning | undefined {
  const known = cache.get(tag);
  if (known !== undefined || cache.has(tag)) return known;
  const technique = techniqueIn(tag);
  const tactic = technique === undefined ? tacticIn(tag) : undefined;
  const meaning: Meaning | undefined =
    technique !== undefined
      ? { kind: 'technique', name: technique }
      : tactic === undefined
        ? undefined
        : { kind: 'tactic', name: tactic };
  if (cache.size >= cached_tags_max) cache.clear();
  cache.set(tag, meaning);
  return meaning;
}

/** The technique id that a tag names, such as `T1059.004`. */
function techniqueIn(tag: string): string | undefined {
  const start = afterPrefix(tag);
  if (!isLetterT(tag, start)) return undefined;
  const end = digitsEnd(tag, start + 1);
  if (end - start !== 5) return undefined;
  const number = tag.slice(start + 1, end);
  const subEnd = tag.charCodeAt(end) === dot ? digitsEnd(tag, end + 1) : end;
  return subEnd - end === 4 ? `T${number}${tag.slice(end, subEnd)}` : `T${number}`;
}

/** The tactic that a tag names, by id or by name. */
function tacticIn(tag: string): string | undefined {
  const start = afterPrefix(tag);
  const rest = tag.slice(start).toLowerCase().replaceAll('_', '-').replaceAll(' ', '-');
  if (rest.startsWith('ta')) {
    const byId = tactics.get(rest.slice(0, 6).toUpperCase());
    if (byId !== undefined) return byId;
  }
  return tacticNames.has(rest) ? rest : undefined;
}

const dot = 46;

/** Position after `mitre_`, `MITRE_`, `attack.` or `mitre.`. */
function afterPrefix(tag: string): number {
  const lower = tag.slice(0, 7).toLowerCase();
  if (lower.startsWith('mitre_') || lower.startsWith('mitre.')) return 6;
  return lower === 'attack.' ? 7 : 0;
}

function isLetterT(tag: string, at: number): boolean {
  const code = tag.charCodeAt(at);
  return code === 84 || code === 116;
}

function digitsEnd(tag: string, start: number): number {
  let end = start;
  while (end < tag.length && tag.charCodeAt(end) >= 48 && tag.charCodeAt(end) <= 57) end++;
  return end;
}

/** The ECS form; undefined when nothing is named. */
export function threatOf(reference: AttackReference): EcsThreat | undefined {
  if (reference.tactics.length === 0 && reference.techniques.length === 0) return undefined;
  const ids: string[] = [];
  for (const name of reference.tactics) {
    const id = tacticIds.get(name);
    if (id !== undefined) ids.push(id);
  }
  const hasTactics = reference.tactics.length > 0;
  return {
    framework: 'MITRE ATT&CK',
    tactic: hasTactics ? { name: reference.tactics, id: ids.length === 0 ? undefined : ids } : undefined,
    technique: reference.techniques.length === 0 ? undefined : techniqueFields(reference.techniques),
  };
}

/** ECS keeps `T1059` and `T1059.004` in two fields. */
function techniqueFields(techniques: readonly string[]): EcsThreat['technique'] {
  const ids = new Set(techniques.map((technique) => technique.slice(0, 5)));
  const subtechniques = techniques.filter((technique) => technique.length > 5);
  return {
    id: [...ids],
    subtechnique: subtechniques.length === 0 ? undefined : { id: subtechniques },
  };
}
