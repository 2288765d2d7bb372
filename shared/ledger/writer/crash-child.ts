import { createPrivateKey, hash } from 'node:crypto';
import { createNoteSigner } from '../note.ts';
import { LogWriter, type WriterStep } from './log-writer.ts';

/**
 * The victim of the crash drill: opens a log, appends and publishes without end, and prints what was acknowledged. It
 * kills itself before the `countdown`th writer step, or waits to be killed when that is 0.
 *
 * Arguments: directory, private key (PKCS #8, base64), countdown, seed.
 */
const [directory = '', key = '', countdown = '0', seed = '0'] = process.argv.slice(2);
const privateKey = createPrivateKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs8' });
const signer = createNoteSigner('ledger.example/crash', privateKey);
let steps_left = Number(countdown);

function onStep(_step: WriterStep): void {
  steps_left -= 1;
  if (steps_left === 0) process.kill(process.pid, 'SIGKILL');
}

/** Entries depend on their index alone, so that the drill knows what every leaf must be. */
export function entryAt(index: number): Buffer {
  return Buffer.from(hash('sha512', String(index)));
}

const writer = await LogWriter.open({ directory, log: 'crash', signer, segment_bytes_max: 40_000, onStep });
process.stdout.write(`opened ${writer.size}\n`);
for (let round = Number(seed); ; round += 1) {
  const from = writer.size;
  // Sizes that leave partial bundles, complete several, and complete exactly one.
  const count = [1, 7, 250, 256, 600][round % 5] ?? 1;
  const entries = Array.from({ length: count }, (_, offset) => entryAt(from + offset));
  const { size } = await writer.append(entries, String(from + count));
  process.stdout.write(`appended ${size}\n`);
  if (round % 2 === 0) {
    await writer.publish();
    process.stdout.write(`published ${size}\n`);
  }
}
