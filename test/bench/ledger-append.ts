import { generateKeyPairSync, hash } from 'node:crypto';
import { createNoteSigner } from '#shared/ledger/note.ts';
import { LogWriter } from '#shared/ledger/writer/log-writer.ts';

/**
 * Appends leaves to a log and prints how many became durable, integrated and signed a second, and the CPU time of one in
 * microseconds. Arguments: directory, leaves, bytes of each, and how many more are appended before it counts.
 */
const [directory = '', leaves = '', bytes = '', unmeasured = '0'] = process.argv.slice(2);
const batch_leaves = 4_096;

const entries = Array.from({ length: Number(unmeasured) + Number(leaves) }, (_, index) =>
  Buffer.from(hash('sha512', String(index)).padEnd(Number(bytes), '.')),
);
const signer = createNoteSigner('bench.example/ledger', generateKeyPairSync('ed25519').privateKey);
const writer = await LogWriter.open({ directory, log: 'bench', signer });
await appendAll(entries.slice(0, Number(unmeasured)));
const cpu_before = process.cpuUsage();
const started_ms = performance.now();
await appendAll(entries.slice(Number(unmeasured)));
const seconds = (performance.now() - started_ms) / 1000;
const { user, system } = process.cpuUsage(cpu_before);
await writer.close();
process.stdout.write(`${Math.round(Number(leaves) / seconds)} ${(user + system) / Number(leaves)}\n`);

async function appendAll(some: readonly Buffer[]): Promise<void> {
  for (let first = 0; first < some.length; first += batch_leaves) {
    await writer.append(some.slice(first, first + batch_leaves), '');
  }
  await writer.publish();
}
