import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mutantsOf } from './mutants.ts';

/**
 * Changes the ledger's verifier in one place at a time and looks whether a test notices: `node test/mutation/main.ts
 * [file...]`. Works on a copy. Prints the mutants that survive, and the score.
 */
const root = join(import.meta.dirname, '../..');
const verifier = 'shared/ledger/verify';
/** Fast tests first; only what they miss is shown to the whole list of falsifications. */
const lanes = [[verifier], ['test/foreign/tamper.test.ts']];
const test_timeout_ms = 120_000;

/** Mutants that change nothing that can be observed, each with the reason. */
const equivalent: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'equivalent.json'), 'utf8'),
);

function copyProject(): string {
  const copy = mkdtempSync(join(tmpdir(), 'breakwater-mutation-'));
  for (const path of ['shared', 'schemas', 'services/auditor', 'test/foreign']) {
    cpSync(join(root, path), join(copy, path), { recursive: true });
  }
  for (const file of ['package.json', 'tsconfig.json', 'vitest.config.ts'])
    cpSync(join(root, file), join(copy, file));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

function testsPass(copy: string, lane: readonly string[]): boolean {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const { status } = spawnSync(
    process.execPath,
    [vitest, 'run', '--project', 'unit', '--bail', '1', ...lane],
    {
      cwd: copy,
      timeout: test_timeout_ms,
      stdio: 'ignore',
    },
  );
  return status === 0;
}

function main(asked: readonly string[]): number {
  const copy = copyProject();
  try {
    if (!lanes.every((lane) => testsPass(copy, lane)))
      throw new Error('the tests fail before anything is changed');
    const sources = readdirSync(join(copy, verifier)).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
    );
    let [killed, total] = [0, 0];
    for (const name of asked.length > 0 ? asked : sources) {
      const path = join(copy, verifier, name);
      const source = readFileSync(path, 'utf8');
      for (const { line, description, text } of mutantsOf(source)) {
        const label = `${name}: ${source.split('\n')[line - 1]?.trim()} (${description})`;
        if (equivalent[label] !== undefined) continue;
        total += 1;
        writeFileSync(path, text);
        if (lanes.every((lane) => testsPass(copy, lane)))
          process.stdout.write(`SURVIVED ${name}:${line} ${description}\n  ${label}\n`);
        else killed += 1;
      }
      writeFileSync(path, source);
      process.stdout.write(`${name}: ${killed} of ${total} so far\n`);
    }
    const left_out = Object.keys(equivalent).length;
    process.stdout.write(`${killed} of ${total} mutants noticed, ${left_out} equivalent ones left out\n`);
    return killed === total ? 0 : 1;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

process.exitCode = main(process.argv.slice(2));
