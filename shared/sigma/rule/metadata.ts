import { createHash } from 'node:crypto';
import type { Level } from '#shared/avro/types.generated.ts';
import type { Report } from '../problem.ts';
import { entryOf, plainValue, type YamlMap } from '../yaml/node.ts';
import type { Metadata } from './model.ts';
import { readText, readTexts, readWord } from './read.ts';
import { nearest } from './suggest.ts';

export const levels = [
  'informational',
  'low',
  'medium',
  'high',
  'critical',
] as const satisfies readonly Level[];
const statuses = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'] as const;

/** Keys that any document may have. */
export const metadataKeys = [
  'title',
  'id',
  'name',
  'status',
  'level',
  'description',
  'author',
  'date',
  'modified',
  'references',
  'license',
  'tags',
  'falsepositives',
  'related',
  'taxonomy',
  'scope',
  'fields',
  'sigma-version',
  'breakwater',
] as const;

/** ATT&CK Enterprise tactics, with the names that its newest edition uses for parts of defense-evasion. */
const tactics: ReadonlySet<string> = new Set([
  'reconnaissance',
  'resource-development',
  'initial-access',
  'execution',
  'persistence',
  'privilege-escalation',
  'defense-evasion',
  'stealth',
  'defense-impairment',
  'credential-access',
  'discovery',
  'lateral-movement',
  'collection',
  'command-and-control',
  'exfiltration',
  'impact',
]);
const techniquePattern = /^t\d{4}(?:\.\d{3})?$/;
const groupOrSoftwarePattern = /^[gscm]\d{4}$/;
const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads what rules, filters and correlations have in common. */
export function readMetadata(document: YamlMap, report: Report): Metadata {
  const title = readText(document, 'title', report);
  if (title === undefined) report.add('key-missing', document.at, 'the key title is missing');
  const hash = createHash('sha256')
    .update(JSON.stringify(plainValue(withoutTests(document))))
    .digest('hex');
  const name = readText(document, 'name', report);
  const id = readText(document, 'id', report);
  if (id !== undefined && !uuidPattern.test(id)) {
    report.add('id-not-uuid', entryOf(document, 'id')?.at ?? document.at, `the id ${id} is not a UUID`);
  }
  readWord(document, 'status', statuses, report);
  const tags = readTexts(document, 'tags', report);
  return {
    id: id ?? name ?? hash.slice(0, 32),
    name,
    title: title ?? id ?? name ?? 'untitled',
    level: readWord(document, 'level', levels, report) ?? 'low',
    status: readText(document, 'status', report),
    description: readText(document, 'description', report),
    author: readText(document, 'author', report),
    references: readTexts(document, 'references', report),
    false_positives: readTexts(document, 'falsepositives', report),
    tags,
    ...readAttack(document, tags, report),
    at: document.at,
    hash,
  };
}

/** The document as it decides on events: its tests are about it, not of it. */
function withoutTests(document: YamlMap): YamlMap {
  const entries = document.entries.map((entry) =>
    entry.key === 'breakwater' && entry.value.kind === 'map'
      ? {
          ...entry,
          value: { ...entry.value, entries: entry.value.entries.filter(({ key }) => key !== 'tests') },
        }
      : entry,
  );
  return { ...document, entries };
}

function readAttack(
  document: YamlMap,
  tags: readonly string[],
  report: Report,
): Pick<Metadata, 'tactics' | 'techniques'> {
  const found = { tactics: new Set<string>(), techniques: new Set<string>() };
  for (const tag of tags) {
    if (!tag.toLowerCase().startsWith('attack.')) continue;
    const word = tag.slice('attack.'.length).toLowerCase().replaceAll('_', '-');
    if (tactics.has(word)) found.tactics.add(word);
    else if (techniquePattern.test(word)) found.techniques.add(word.toUpperCase());
    else if (!groupOrSoftwarePattern.test(word)) {
      const meant = nearest(word, tactics);
      const at = entryOf(document, 'tags')?.at ?? document.at;
      report.add('tag-unknown', at, `${tag} is no tactic or technique`, meant && `attack.${meant}`);
    }
  }
  return { tactics: [...found.tactics], techniques: [...found.techniques] };
}
