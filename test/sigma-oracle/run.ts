import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMatcher } from '#shared/sigma/match/matcher.ts';
import { rulesRefused } from '#shared/sigma/refused.ts';
import { buildRuleSet } from '#shared/sigma/set/rule-set.ts';
import { type Difference, reasonOf, reasons } from './differences.ts';
import { oraclePython } from './python.ts';
import { caseTasks, randomTasks, type Task } from './tasks.ts';

const random_sets = 500;
const output_bytes_max = 256 * 1024 * 1024;

interface Answer {
  readonly id: string;
  readonly matches?: readonly boolean[];
  readonly error?: string;
}

function ruleOf({ detection }: Task): string {
  return JSON.stringify({ title: 'rule', logsource: { product: 'p' }, detection });
}

function ours(task: Task): readonly boolean[] {
  const result = buildRuleSet([{ file: task.id, text: ruleOf(task) }]);
  if (result.kind === 'refused') throw rulesRefused(result.problems);
  const matcher = createMatcher(result.set.rules);
  return task.events.map((event) => matcher.match({}, event).length > 0);
}

function theirs(python: string, tasks: readonly Task[]): ReadonlyMap<string, Answer> {
  const input = tasks
    .map((task) => JSON.stringify({ id: task.id, rule: ruleOf(task), events: task.events }))
    .join('\n');
  const { stdout, stderr, status } = spawnSync(python, [join(import.meta.dirname, 'oracle.py')], {
    input,
    encoding: 'utf8',
    maxBuffer: output_bytes_max,
  });
  if (status !== 0) throw new Error(`the oracle failed: ${stderr}`);
  const answers = stdout
    .trim()
    .split('\n')
    .map((line): Answer => JSON.parse(line));
  return new Map(answers.map((answer) => [answer.id, answer]));
}

interface Comparison {
  readonly compared: number;
  readonly inexpressible: ReadonlyMap<string, number>;
  readonly differences: readonly Difference[];
}

function compare(tasks: readonly Task[], answers: ReadonlyMap<string, Answer>): Comparison {
  let compared = 0;
  const inexpressible = new Map<string, number>();
  const differences: Difference[] = [];
  for (const task of tasks) {
    const { matches, error } = answers.get(task.id) ?? { error: 'no answer' };
    if (matches === undefined) {
      const reason = (error ?? '').split(':', 1)[0] ?? '';
      inexpressible.set(reason, (inexpressible.get(reason) ?? 0) + task.events.length);
      continue;
    }
    const verdicts = ours(task);
    for (const [index, event] of task.events.entries()) {
      compared += 1;
      const verdict = verdicts[index] ?? false;
      if (verdict !== matches[index])
        differences.push({ task: task.id, detection: task.detection, event, ours: verdict });
    }
  }
  return { compared, inexpressible, differences };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function report(title: string, { compared, inexpressible, differences }: Comparison): number {
  const unexplained = differences.filter((difference) => reasonOf(difference) === undefined);
  say(
    `${title}: ${compared} verdicts compared, ${differences.length} differ, ${unexplained.length} of them unexplained`,
  );
  for (const [reason, count] of inexpressible) say(`  not expressible there (${reason}): ${count}`);
  for (const { name } of reasons) {
    const count = differences.filter((difference) => reasonOf(difference)?.name === name).length;
    if (count > 0) say(`  ${name}: ${count}`);
  }
  for (const { task, event, ours: verdict } of unexplained.slice(0, 20)) {
    say(`  UNEXPLAINED ${task} on ${JSON.stringify(event)}: we say ${verdict}`);
  }
  return unexplained.length;
}

const published = join(import.meta.dirname, 'DIFFERENCES.md');

/** The list of differences as it is checked in: for each reason what we decided, how many cases, and one of them. */
function differencesPage({ compared, inexpressible, differences }: Comparison): string {
  const sections = reasons.flatMap((reason) => {
    const list = differences.filter((difference) => reasonOf(difference) === reason);
    const [example] = list;
    if (example === undefined) return [];
    const { detection, event, ours: verdict } = example;
    const shown = `\`${JSON.stringify(detection.s)}\` on \`${JSON.stringify(event)}\`: ${verdict ? 'matches' : 'no match'} here`;
    return [`## ${reason.name}`, '', reason.decision, '', `${list.length} cases, such as ${shown}.`, ''];
  });
  const left = [...inexpressible].map(([reason, count]) => `${count} (${reason})`).join(', ');
  return [
    '# Where verdicts differ from pySigma with SQLite',
    '',
    'Written by `node test/sigma-oracle/run.ts --write`; the run fails when a difference has no reason here.',
    '',
    `${compared} verdicts of the case table compared, ${differences.length} differ. Not expressible there: ${left}.`,
    'Lists as values of a field are not compared: a row has none.',
    '',
    ...sections,
  ].join('\n');
}

function publish(comparison: Comparison): void {
  const page = differencesPage(comparison);
  if (process.argv.includes('--write')) writeFileSync(published, page);
  else if (!existsSync(published) || readFileSync(published, 'utf8') !== page) {
    say('DIFFERENCES.md is out of date: run again with --write');
    process.exitCode = 1;
  }
}

/** Random sets must not differ at all: they hold only what both sides mean the same by. */
function reportRandom(comparison: Comparison, tasks: readonly Task[]): number {
  const { compared, differences } = comparison;
  say(`random sets: ${tasks.length} rules, ${compared} verdicts compared, ${differences.length} differ`);
  for (const { detection, event, ours: verdict } of differences.slice(0, 20)) {
    say(`  ${JSON.stringify(detection)} on ${JSON.stringify(event)}: we say ${verdict}`);
  }
  for (const [reason, count] of comparison.inexpressible)
    say(`  not expressible there (${reason}): ${count}`);
  return differences.length;
}

function main(): void {
  const found = oraclePython();
  if ('missing' in found) {
    say(`SKIPPED: the oracle needs Python 3 with venv, and its packages: ${found.missing}`);
    return;
  }
  const seed = Number(process.env.BREAKWATER_SEED ?? 1);
  const cases = caseTasks();
  const random = randomTasks(random_sets, seed);
  const table = compare(cases, theirs(found.python, cases));
  publish(table);
  const failures =
    report('case table', table) + reportRandom(compare(random, theirs(found.python, random)), random);
  say(`seed ${seed} (BREAKWATER_SEED)`);
  if (failures > 0) process.exitCode = 1;
}

main();
