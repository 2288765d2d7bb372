import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  crash,
  type End,
  PublishedRoots,
  succeed,
  type Victim,
} from '#shared/ledger/writer/testing/crash-drill.ts';
import { crash_log } from '#shared/ledger/writer/testing/crash-log.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import { ensureProgram } from '../../infra/stack/packages.ts';
import {
  callsWithin,
  canTrace,
  describeFault,
  faults,
  faulty,
  type SystemCall,
  systemCalls,
} from './faults.ts';
import { ask, buildGoTools } from './tools.ts';

/**
 * Every system call that a writer makes on its files fails in turn, or is its last. `BREAKWATER_FAULTS=all` tries each
 * fault at each call; otherwise a sample is drilled, a different fault at each.
 */
const isWhole = process.env['BREAKWATER_FAULTS'] === 'all';
/** Without `isWhole`, one of so many calls. */
const sample_stride = 8;
/** The rounds of one victim: leaves that leave partial bundles, fill them, and close a segment. */
const rounds = 5;
/** Leaves that a successor appends. */
const more = 300;

const scratch = mkdtempSync(join(tmpdir(), 'faults-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const tools = await buildGoTools();
const cannot = await reasonNotToRun();
if (cannot !== undefined) process.stderr.write(`NOT RUN: faults of the kernel: ${cannot}\n`);

async function reasonNotToRun(): Promise<string | undefined> {
  try {
    await ensureProgram(
      'strace',
      ['strace'],
      { environment: process.env, onStep: (text) => process.stderr.write(`${text}\n`) },
      { needs: 'Injecting faults needs strace.', choices: 'Install the package strace.' },
    );
  } catch (error) {
    if (!(error instanceof BreakwaterError)) throw error;
    return error.message;
  }
  return canTrace() ? undefined : 'this system does not allow strace';
}

/** What a victim finds when it starts. */
const scenarios = {
  'a new log': () => Promise.resolve(),
  'a log that a crash left': async (directory: string) => {
    const countdown = 23;
    const end = await crash(directory, { countdown, seed: 1 });
    expect(end.signal).toBe('SIGKILL');
  },
} as const satisfies Record<string, (directory: string) => Promise<unknown>>;

/** Returns how many of the faults ended the victim, instead of being put right by it. */
async function drill(original: string, call: SystemCall, number: number, index: number): Promise<number> {
  let ended = 0;
  for (const fault of isWhole ? faults : faults.filter((_, kind) => kind === index % faults.length)) {
    const what = `${call.name} ${number}: ${describeFault(fault)}`;
    const directory = join(scratch, 'victim');
    cpSync(original, directory, { recursive: true });
    const published = new PublishedRoots();
    const end: End = await crash(directory, { ...victim, under: faulty(call, number, fault) });
    if (end.code !== 0) ended += 1;
    const size = await succeed(directory, end, published, more).catch((error: unknown) => {
      throw new Error(`${what}: ${String(error)}`, { cause: error });
    });
    for (const program of tools.kind === 'built' ? [tools.fsck, tools.xmod] : []) {
      const verdict = await ask(program, [join(directory, crash_log), join(directory, `${crash_log}.vkey`)]);
      expect(verdict.accepted, `${what}, ${size} leaves: ${verdict.output}`).toBe(true);
    }
    rmSync(directory, { recursive: true });
  }
  return ended;
}

const victim: Victim = { seed: 0, rounds };

describe.skipIf(cannot !== undefined).each(Object.entries(scenarios))('%s', (name, prepare) => {
  const original = join(scratch, name.replaceAll(' ', '-'));
  const total = { drilled: 0, ended: 0 };

  test.each(systemCalls)('survives faults of $name', { timeout: 3_600_000 }, async (call) => {
    rmSync(original, { recursive: true, force: true });
    mkdirSync(original);
    await prepare(original);
    const directory = join(scratch, 'victim');
    cpSync(original, directory, { recursive: true });
    const numbers = await callsWithin(directory, call, (under) => crash(directory, { ...victim, under }));
    rmSync(directory, { recursive: true });
    expect(numbers.length).toBeGreaterThan(0);
    const tried = numbers.filter((_, index) => isWhole || index % sample_stride === 0);
    let ended = 0;
    for (const [index, number] of tried.entries()) ended += await drill(original, call, number, index);
    const drilled = tried.length * (isWhole ? faults.length : 1);
    total.drilled += drilled;
    total.ended += ended;
    process.stderr.write(
      `${name}: ${drilled} faults at ${tried.length} of ${numbers.length} calls of ${call.name}, ${ended} ended the writer\n`,
    );
  });

  test('most faults end the writer: they are where they should be', () => {
    expect(total.ended).toBeGreaterThan(total.drilled * 0.6);
  });
});
