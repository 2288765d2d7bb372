import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mutant, mutantsOf } from './mutants.ts';

/**
 * Changes the ledger's verifier in one place at a time and looks whether a test notices: `node test/mutation/main.ts
 * [file[:line[-line]]...]`. Works on a copy. Prints the mutants that survive, and the score.
 */
const root = join(import.meta.dirname, '../..');
const verifier = 'shared/ledger/verify';
/** A mutant that never ends is noticed by tests that take so much longer than without it. */
const longer_ms = 10_000;
const times_longer = 5;
/** Logs are written and read by the thousand: in memory where there is such a folder. */
const scratch = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** The tests of each file, fast ones first; what they miss is shown to all others, and to the list of falsifications. */
const related: Readonly<Record<string, readonly string[]>> = {
  'checkpoint.ts': ['note', 'key-chain'],
  'key-chain.ts': ['key-chain'],
  'log.ts': ['log', 'pruned'],
  'merkle.ts': ['merkle', 'log'],
  'note.ts': ['note', 'key-chain'],
  'proof.ts': ['log'],
  'tiles.ts': ['log', 'pruned'],
};

/** Mutants that change nothing that can be observed, each with the reason. */
const equivalent: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'equivalent.json'), 'utf8'),
);

interface Score {
  killed: number;
  survived: number;
  equivalent: number;
}

function copyProject(): string {
  const copy = mkdtempSync(join(scratch, 'breakwater-mutation-'));
  for (const path of ['shared', 'schemas', 'services/auditor', 'test/foreign']) {
    cpSync(join(root, path), join(copy, path), { recursive: true });
  }
  for (const file of ['package.json', 'tsconfig.json', 'vitest.config.ts'])
    cpSync(join(root, file), join(copy, file));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

function lanesOf(name: string): string[][] {
  const tests = (related[name] ?? []).map((test) => `${verifier}/${test}.test.ts`);
  return [...tests.map((test) => [test]), [verifier], ['test/foreign/tamper.test.ts']];
}

function testsPass(copy: string, lane: readonly string[], timeout_ms?: number): boolean {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  // Tests in threads end with their process, even those that would never end.
  const args = [vitest, 'run', '--project', 'unit', '--pool', 'threads', '--bail', '1', ...lane];
  const env = { ...process.env, TMPDIR: scratch };
  const limits = { timeout: timeout_ms, killSignal: 'SIGKILL' } as const;
  return spawnSync(process.execPath, args, { cwd: copy, env, stdio: 'ignore', ...limits }).status === 0;
}

/** How long the tests of a lane may take; throws when they fail though nothing is changed. */
function limitOf(copy: string, lane: readonly string[]): number {
  const started_ms = performance.now();
  if (!testsPass(copy, lane)) throw new Error(`${lane.join(' ')} fails though nothing is changed`);
  return longer_ms + times_longer * Math.ceil(performance.now() - started_ms);
}

/** What a mutant is known by in `equivalent.json`: the line, what was changed, and which of several like places. */
function labelsOf(name: string, source: string, mutants: readonly Mutant[]): string[] {
  const seen = new Map<string, number>();
  const lines = source.split('\n');
  return mutants.map(({ line, description }) => {
    const label = `${name}: ${lines[line - 1]?.trim()} (${description})`;
    const count = (seen.get(label) ?? 0) + 1;
    seen.set(label, count);
    return count === 1 ? label : `${label} ${count}`;
  });
}

/** `asked` is a file, or some lines of it. */
function tryMutants(copy: string, asked: string): Score {
  const [name = '', lines] = asked.split(':');
  const [first = 0, last = first] = lines?.split('-').map(Number) ?? [0, Number.POSITIVE_INFINITY];
  const path = join(copy, verifier, name);
  const source = readFileSync(path, 'utf8');
  const mutants = mutantsOf(source);
  const labels = labelsOf(name, source, mutants);
  const lanes = lanesOf(name).map((lane) => ({ lane, limit_ms: limitOf(copy, lane) }));
  const score: Score = { killed: 0, survived: 0, equivalent: 0 };
  mutants.forEach(({ line, text }, index) => {
    const label = labels[index] ?? '';
    if (line < first || line > last) return;
    if (equivalent[label] !== undefined) {
      score.equivalent += 1;
      return;
    }
    writeFileSync(path, text);
    const survives = lanes.every(({ lane, limit_ms }) => testsPass(copy, lane, limit_ms));
    score[survives ? 'survived' : 'killed'] += 1;
    if (survives) process.stdout.write(`SURVIVED line ${line}: ${label}\n`);
    else process.stderr.write('.');
  });
  writeFileSync(path, source);
  // What cannot be run counts as noticed: then nothing was.
  limitOf(copy, [verifier]);
  process.stdout.write(`${asked}: ${describe(score)}\n`);
  return score;
}

function describe({ killed, survived, equivalent: left_out }: Score): string {
  return `${killed} of ${killed + survived} mutants noticed, ${left_out} equivalent ones left out`;
}

function main(asked: readonly string[]): number {
  const copy = copyProject();
  try {
    const sources = readdirSync(join(copy, verifier)).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
    );
    const total: Score = { killed: 0, survived: 0, equivalent: 0 };
    for (const name of asked.length > 0 ? asked : sources) {
      const score = tryMutants(copy, name);
      for (const kind of ['killed', 'survived', 'equivalent'] as const) total[kind] += score[kind];
    }
    process.stdout.write(`${describe(total)}\n`);
    return total.survived === 0 ? 0 : 1;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

process.exitCode = main(process.argv.slice(2));
