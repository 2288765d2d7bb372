import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { containerTechniques } from '#shared/sigma/testing/container-techniques.ts';
import type { Correlation, Rule } from '#shared/sigma/rule/model.ts';
import { rulesRefused } from '#shared/sigma/refused.ts';
import { loadRuleSet } from '#shared/sigma/set/load.ts';
import type { RuleSet } from '#shared/sigma/set/rule-set.ts';

const rulesFolder = join(import.meta.dirname, '../../../rules');
export const coveragePage = join(rulesFolder, 'COVERAGE.md');

/** The folders of `rules/`, in the order of the columns. */
const folders = ['scanner', 'admission', 'runtime', 'network', 'correlation'] as const;

const begin = '<!-- Begin: made from the tags of the rules by `make generate`. -->';
const end = '<!-- End of what is made. -->';

/** The page with its made part anew; what people wrote around it stays. */
export async function renderCoveragePage(): Promise<string> {
  const result = await loadRuleSet(rulesFolder);
  if (result.kind === 'refused') throw rulesRefused(result.problems);
  const page = readFileSync(coveragePage, 'utf8');
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) throw new Error(`${coveragePage} has lost the marks of its made part`);
  return `${page.slice(0, from)}${begin}\n\n${madePart(result.set)}\n\n${page.slice(to)}`;
}

type Document = Rule | Correlation;

function madePart(set: RuleSet): string {
  const documents: readonly Document[] = [...set.rules.map(({ rule }) => rule), ...set.correlations];
  const techniques = [...containerTechniques].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const uncovered = techniques.filter(([id]) => !documents.some((document) => isTested(document, id)));
  return [
    ...sums(documents),
    `${techniques.length - uncovered.length} of the ${techniques.length} techniques that ATT&CK lists for containers`,
    `have a rule with tests${uncovered.length === 0 ? '' : `; without: ${uncovered.map(([id]) => id).join(', ')}`}.`,
    '',
    `| technique | name | ${folders.join(' | ')} |`,
    `|---|---|${'---|'.repeat(folders.length)}`,
    ...techniques.map(
      ([id, name]) => `| ${id} | ${name} |${folders.map((folder) => cell(documents, folder, id)).join('|')}|`,
    ),
  ].join('\n');
}

function sums(documents: readonly Document[]): readonly string[] {
  const counts = folders.map(
    (folder) => `${documents.filter((each) => folderOf(each) === folder).length} ${folder}`,
  );
  const openers = documents.filter(({ extension }) => extension.opener === true).length;
  return [`${documents.length} rules: ${counts.join(', ')}; ${openers} open an incident.`];
}

function cell(documents: readonly Document[], folder: string, technique: string): string {
  const rules = documents.filter((each) => folderOf(each) === folder && each.techniques.includes(technique));
  return rules.length === 0 ? ' ' : ` ${rules.length} `;
}

function isTested({ techniques, extension }: Document, technique: string): boolean {
  return techniques.includes(technique) && extension.tests.length > 0;
}

/** `rules/<folder>/….yml` */
function folderOf({ at }: Document): string | undefined {
  return at.file.split('/')[1];
}

if (import.meta.main) writeFileSync(coveragePage, await renderCoveragePage());
