import { createPrivateKey } from 'node:crypto';
import { createNoteSigner } from '../../note.ts';
import { LogWriter, type WriterStep } from '../log-writer.ts';
import { crash_log, entriesAt, segment_bytes_max } from './crash-log.ts';

/**
 * The victim of crash drills: opens a log, appends and publishes, and prints what was acknowledged. It kills itself
 * before the `countdown`th writer step, or waits to be killed when that is 0; after `rounds` it ends by itself.
 *
 * Arguments: directory, private key (PKCS #8, base64), countdown, seed, rounds.
 */
const [directory = '', key = '', countdown = '0', seed = '0', rounds = 'Infinity'] = process.argv.slice(2);
const privateKey = createPrivateKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs8' });
const signer = createNoteSigner(`ledger.example/${crash_log}`, privateKey);
let steps_left = Number(countdown);

function onStep(_step: WriterStep): void {
  steps_left -= 1;
  if (steps_left === 0) process.kill(process.pid, 'SIGKILL');
}

const writer = await LogWriter.open({ directory, log: crash_log, signer, segment_bytes_max, onStep });
process.stdout.write(`opened ${writer.size}\n`);
for (let round = Number(seed); round < Number(seed) + Number(rounds); round += 1) {
  const from = writer.size;
  // Sizes that leave partial bundles, complete several, and complete exactly one.
  const count = [1, 7, 250, 256, 600][round % 5] ?? 1;
  const { size } = await writer.append(entriesAt(from, from + count), String(from + count));
  process.stdout.write(`appended ${size}\n`);
  if (round % 2 === 0) {
    await writer.publish();
    process.stdout.write(`published ${size}\n`);
  }
}
await writer.close();
