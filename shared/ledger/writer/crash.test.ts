import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyLog } from '../verify/log.ts';
import { crash, crashSigner, expectedRoot, PublishedRoots, succeed } from './testing/crash-drill.ts';
import { crash_log } from './testing/crash-log.ts';

/** The steps of an opening and of the first rounds; each is drilled once. */
const steps_drilled = Number(process.env['BREAKWATER_CRASH_STEPS'] ?? 14);
const random_kills = Number(process.env['BREAKWATER_CRASH_KILLS'] ?? 2);
/** A level 1 tile is filled on the way. */
const leaves_max = 70_000;
const kills_a_line = 100;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'crash-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function rootOnDisk(): Buffer | undefined {
  return verifyLog(join(directory, crash_log), crashSigner.vkey).checkpoint?.root;
}

test('a crash before any step of the writer loses nothing and signs nothing twice', {
  timeout: 600_000,
}, async () => {
  const published = new PublishedRoots();
  let size = 0;
  for (let countdown = 1; countdown <= steps_drilled && size <= leaves_max; countdown += 1) {
    const end = await crash(directory, { countdown, seed: countdown });
    expect(end.signal).toBe('SIGKILL');
    size = await succeed(directory, end, published);
  }
  expect(rootOnDisk()).toEqual(expectedRoot(size));
});

test(`${random_kills} kills at random times`, { timeout: 3_600_000 }, async () => {
  let published = new PublishedRoots();
  for (let kill = 0; kill < random_kills; kill += 1) {
    // Node itself needs some 100 ms to start; then what a crash left is put right.
    const killed =
      kill % 4 === 0
        ? ({ after: 'start', delay_ms: 60 + Math.random() * 200 } as const)
        : ({ after: 'opening', delay_ms: Math.random() * 100 } as const);
    const end = await crash(directory, { seed: kill, killed });
    expect(end.signal).toBe('SIGKILL');
    const size = await succeed(directory, end, published);
    if (kill % kills_a_line === kills_a_line - 1) process.stderr.write(`${kill + 1} kills survived\n`);
    if (size > leaves_max || kill === random_kills - 1) {
      expect(rootOnDisk()).toEqual(expectedRoot(size));
      rmSync(directory, { recursive: true });
      published = new PublishedRoots();
    }
  }
});
