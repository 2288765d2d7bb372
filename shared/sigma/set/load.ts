import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join, relative } from 'node:path';
import { buildRuleSet, compareText, type RuleSetResult, type Trial } from './rule-set.ts';
import type { RuleSource } from './parse.ts';
import { withoutTests } from './without-tests.ts';

/** Files below one folder of rules. */
const rule_files_max = 20_000;

/** The files of a rule folder: YAML documents, and lists for placeholders. */
export interface RuleFiles {
  readonly sources: readonly RuleSource[];
  /** Name → lines. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly trial?: Trial | undefined;
}

/** Files with others on trial beside them, or alone; a list on trial replaces the list of its name. */
export function withTrial(present: RuleFiles, candidate: RuleFiles, alone: boolean): RuleFiles {
  return {
    sources: present.sources,
    trial: { sources: candidate.sources, alone },
    lists: new Map([...present.lists, ...candidate.lists]),
  };
}

/**
 * Loads rules from files and folders as one set. Every `.yml` and `.yaml` file below a folder counts; every `.txt` file
 * in a folder named `lists` is a list for the placeholder of its name, one value a line, `#` begins a comment.
 *
 * @throws the system's error when a path cannot be read.
 */
export async function loadRuleSet(
  paths: string | readonly string[],
  reading: RuleReading = { tests: true },
): Promise<RuleSetResult> {
  const { sources, lists } = await readRuleFiles(paths, reading);
  return buildRuleSet(sources, lists);
}

/** What of the files is wanted. */
export interface RuleReading {
  /** The tests that rules carry: only who checks rules needs them, and they are most of the text. */
  readonly tests: boolean;
}

/** Reads the files without parsing them. */
export async function readRuleFiles(
  paths: string | readonly string[],
  reading: RuleReading = { tests: true },
): Promise<RuleFiles> {
  const roots = typeof paths === 'string' ? [paths] : paths;
  const files = (await Promise.all(roots.map(filesBelow))).flat();
  if (files.length > rule_files_max) throw new RangeError(`more than ${rule_files_max} rule files`);
  const sources: RuleSource[] = [];
  const lists = new Map<string, readonly string[]>();
  for (const { path, name } of files) {
    const text = await readFile(path, 'utf8');
    if (extname(path) === '.txt') lists.set(basename(path, '.txt'), linesOf(text));
    else sources.push({ file: name, text: reading.tests ? text : withoutTests(text) });
  }
  return { sources, lists };
}

interface FoundFile {
  readonly path: string;
  /** As problems show it: relative to the folder that was asked for. */
  readonly name: string;
}

async function filesBelow(root: string): Promise<readonly FoundFile[]> {
  if (!(await stat(root)).isDirectory()) return [{ path: root, name: root }];
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && isRuleFile(entry.name, entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort(compareText)
    .map((path) => ({ path, name: join(basename(root), relative(root, path)) }));
}

function isRuleFile(name: string, folder: string): boolean {
  const extension = extname(name);
  return (
    extension === '.yml' || extension === '.yaml' || (extension === '.txt' && basename(folder) === 'lists')
  );
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
