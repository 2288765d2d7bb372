import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { generateKeyPairSync, hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { merkleRoot } from '../merkle.ts';
import { createNoteSigner } from '../note.ts';
import { parseCheckpointText } from '../verify/checkpoint.ts';
import { verifyLog } from '../verify/log.ts';
import { splitNote } from '../verify/note.ts';
import { LogWriter } from './log-writer.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const signer = createNoteSigner('ledger.example/crash', privateKey);
const encodedKey = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
/** The steps of an opening and of the first rounds; each is drilled once. */
const steps_drilled = Number(process.env['BREAKWATER_CRASH_STEPS'] ?? 14);
const random_kills = Number(process.env['BREAKWATER_CRASH_KILLS'] ?? 2);
const leaves_max = 200_000;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'crash-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

interface Crash {
  /** Leaves that were acknowledged before the end. */
  readonly acknowledged: number;
}

/** Runs a writer until it kills itself before its `countdown`th step, or is killed after `delay_ms`. */
async function crash(countdown: number, seed: number, delay_ms?: number): Promise<Crash> {
  const script = join(import.meta.dirname, 'crash-child.ts');
  const child = spawn(process.execPath, [script, directory, encodedKey, String(countdown), String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const timer = delay_ms === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), delay_ms);
  const [, signal] = await once(child, 'close');
  clearTimeout(timer);
  expect(signal).toBe('SIGKILL');
  const lines = Buffer.concat(chunks).toString().split('\n').slice(0, -1);
  const acknowledged = lines.flatMap((line) =>
    Number(/^(?:appended|opened|published) (\d+)$/.exec(line)?.[1] ?? 0),
  );
  return { acknowledged: Math.max(0, ...acknowledged) };
}

/** Roots that were ever published, by size: two for one size is the one thing that must never happen. */
class PublishedRoots {
  readonly #roots = new Map<number, string>();

  note(): number {
    const path = join(directory, 'crash/checkpoint');
    const { size, root } = parseCheckpointText(splitNote(readFileSync(path)).text);
    const known = this.#roots.get(size) ?? root.toString('hex');
    expect(root.toString('hex'), `root of size ${size}`).toBe(known);
    this.#roots.set(size, known);
    return size;
  }
}

function expectedRoot(size: number): Buffer {
  return merkleRoot(Array.from({ length: size }, (_, index) => Buffer.from(hash('sha512', String(index)))));
}

/** A successor opens the log: nothing acknowledged is missing, and what it publishes verifies. */
async function succeed({ acknowledged }: Crash, published: PublishedRoots): Promise<number> {
  const writer = await LogWriter.open({ directory, log: 'crash', signer });
  expect(writer.size).toBeGreaterThanOrEqual(acknowledged);
  if (writer.size > 0) expect(writer.state).toBe(String(writer.size));
  await writer.close();
  const size = published.note();
  expect(size).toBe(writer.size);
  const report = verifyLog(join(directory, 'crash'), signer.vkey);
  expect(report.findings).toEqual([]);
  return size;
}

test('a crash before any step of the writer loses nothing and signs nothing twice', {
  timeout: 600_000,
}, async () => {
  const published = new PublishedRoots();
  for (let countdown = 1; countdown <= steps_drilled; countdown += 1) {
    if ((await succeed(await crash(countdown, countdown), published)) > leaves_max) break;
  }
  const writer = await LogWriter.open({ directory, log: 'crash', signer });
  await writer.close();
  expect(verifyLog(join(directory, 'crash'), signer.vkey).checkpoint?.root).toEqual(
    expectedRoot(writer.size),
  );
});

test(`${random_kills} kills at random times`, { timeout: 3_600_000 }, async () => {
  let published = new PublishedRoots();
  for (let kill = 0; kill < random_kills; kill += 1) {
    // Node itself needs some 100 ms to start.
    const size = await succeed(await crash(0, kill, 60 + Math.random() * 200), published);
    if (size > leaves_max) {
      expect(verifyLog(join(directory, 'crash'), signer.vkey).checkpoint?.root).toEqual(expectedRoot(size));
      rmSync(directory, { recursive: true });
      published = new PublishedRoots();
    }
  }
});
