import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inclusionProof, TreeReader } from '#shared/ledger/proof.ts';
import { entryAt, makeLog } from './make-log.ts';
import { restore } from './restore.ts';
import { askSigstore } from './sigstore.ts';
import { forks, tampered_size, tamperings, type Victim } from './tamperings.ts';
import { ask, buildGoTools } from './tools.ts';

/** The boundaries of tiles on two levels; a log of a million leaves on request. */
const sizes = [0, 1, 255, 256, 257, 65_535, 65_536, 65_537];
if (process.env['BREAKWATER_FOREIGN_LARGE'] !== undefined) sizes.push(1_000_000);

const { privateKey: key } = generateKeyPairSync('ed25519');
const tools = await buildGoTools();
if (tools.kind === 'absent') {
  process.stderr.write(`NOT RUN: the Go verifiers cannot be built here: ${tools.reason}\n`);
}
const goVerifiers = tools.kind === 'absent' ? [] : [tools.xmod, tools.fsck];
/** Tessera reads a bundle up to the number of entries it expects, and not further. */
const lenient = new Set(['bytes after the last entry of a bundle']);
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'foreign-'));
  for (const size of [...sizes, tampered_size]) await makeLog(directory, size, key);
});
afterAll(() => rmSync(directory, { recursive: true }));

function askGo(program: string, folder: string, log: string) {
  return ask(program, [folder, join(directory, `${log}.vkey`)]);
}

describe.skipIf(tools.kind === 'absent')('x/mod and Tessera accept what we write', () => {
  test.each(sizes)('%i leaves', async (size) => {
    for (const program of goVerifiers) {
      const verdict = await askGo(program, join(directory, `size${size}`), `size${size}`);
      expect(verdict.output).toContain('accepted');
      expect(verdict.accepted).toBe(true);
    }
  });
});

describe.skipIf(tools.kind === 'absent')('x/mod and Tessera reject', () => {
  const log = `size${tampered_size}`;
  const entries = Array.from({ length: tampered_size }, (_, index) => entryAt(index));
  beforeEach(() => restore(join(directory, log), join(directory, 'copy')));

  test.each(tamperings)('$name', async ({ name, apply }) => {
    const victim: Victim = {
      folder: join(directory, 'copy'),
      origin: `foreign.example/${log}`,
      key,
      entries,
    };
    apply(victim);
    const verdicts = await Promise.all(goVerifiers.map((program) => askGo(program, victim.folder, log)));
    const rejected = verdicts.filter(({ accepted }) => !accepted).length;
    // At least one independent code base; `lenient` names where only one looks.
    expect(rejected, JSON.stringify(verdicts)).toBeGreaterThanOrEqual(
      lenient.has(name) ? 1 : goVerifiers.length,
    );
  });

  test('nothing in a fork that is intact by itself: a checkpoint that was kept tells', async () => {
    const victim: Victim = {
      folder: join(directory, 'copy'),
      origin: `foreign.example/${log}`,
      key,
      entries,
    };
    forks[0]?.apply(victim);
    for (const program of goVerifiers) expect((await askGo(program, victim.folder, log)).accepted).toBe(true);
  });
});

describe('sigstore accepts our proofs and rejects others', () => {
  test.each(sizes.filter((size) => size > 0))('%i leaves', (size) => {
    const log = `size${size}`;
    const folder = join(directory, log);
    const checkpoint = readFileSync(join(folder, 'checkpoint'), 'utf8');
    const vkey = readFileSync(join(directory, `${log}.vkey`), 'utf8').trim();
    const tree = new TreeReader(folder, size);
    for (const index of new Set([0, 1, 254, 255, 256, 65_534, 65_535, 65_536, size - 1])) {
      if (index >= size) continue;
      const claim = {
        index,
        entry: entryAt(index),
        path: inclusionProof(tree, index),
        checkpoint,
        vkey,
        key,
      };
      expect(() => askSigstore(claim)).not.toThrow();
      expect(() => askSigstore({ ...claim, entry: entryAt(index + 1) })).toThrow();
      expect(() => askSigstore({ ...claim, checkpoint: checkpoint.replace('foreign', 'foreing') })).toThrow();
    }
  });
});
