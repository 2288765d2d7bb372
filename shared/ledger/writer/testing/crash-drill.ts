import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { merkleRoot } from '../../merkle.ts';
import { createNoteSigner } from '../../note.ts';
import { parseCheckpointText } from '../../verify/checkpoint.ts';
import { verifyLog } from '../../verify/log.ts';
import { splitNote } from '../../verify/note.ts';
import { LogWriter } from '../log-writer.ts';
import { crash_log, entriesAt } from './crash-log.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const encodedKey = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
export const crashSigner = createNoteSigner(`ledger.example/${crash_log}`, privateKey);

export interface Victim {
  /** It kills itself before this step of the writer; 0 for never. */
  readonly countdown?: number;
  readonly seed: number;
  /** After these it ends by itself. */
  readonly rounds?: number;
  /** It is killed so long after it started, or after it has opened the log. */
  readonly killed?: { readonly after: 'start' | 'opening'; readonly delay_ms: number };
  /** A program, with its arguments, that runs it. */
  readonly under?: readonly string[];
}

/** How a victim ended. */
export interface End {
  /** Leaves that were acknowledged before the end. */
  readonly acknowledged: number;
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
}

/** The command of a victim that writes into `directory`. */
function commandOf(directory: string, { countdown = 0, seed, rounds, under = [] }: Victim): string[] {
  const script = join(import.meta.dirname, 'crash-child.ts');
  const args = [directory, encodedKey, countdown, seed, ...(rounds === undefined ? [] : [rounds])];
  return [...under, process.execPath, script, ...args.map(String)];
}

/** Runs a writer until it ends, by its own hand or another's. */
export async function crash(directory: string, victim: Victim): Promise<End> {
  const [program = '', ...args] = commandOf(directory, victim);
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', victim.under === undefined ? 'inherit' : 'ignore'],
    // One thread that flushes, so that a fault in its nth call is the same fault in every run.
    env: { ...process.env, UV_THREADPOOL_SIZE: '1', UV_USE_IO_URING: '0' },
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const { killed } = victim;
  const kill = (): void => void setTimeout(() => child.kill('SIGKILL'), killed?.delay_ms);
  if (killed?.after === 'start') kill();
  if (killed?.after === 'opening') child.stdout.once('data', kill);
  await once(child, 'close');
  const lines = Buffer.concat(chunks).toString().split('\n').slice(0, -1);
  const acknowledged = lines.map((line) =>
    Number(/^(?:appended|opened|published) (\d+)$/.exec(line)?.[1] ?? 0),
  );
  return { acknowledged: Math.max(0, ...acknowledged), signal: child.signalCode, code: child.exitCode };
}

/** Roots that were ever published, by size: two for one size is the one thing that must never happen. */
export class PublishedRoots {
  readonly #roots = new Map<number, string>();

  /** Throws when the checkpoint contradicts an earlier one; returns its size. */
  note(directory: string): number {
    const path = join(directory, crash_log, 'checkpoint');
    const { size, root } = parseCheckpointText(splitNote(readFileSync(path)).text);
    const known = this.#roots.get(size) ?? root.toString('hex');
    if (root.toString('hex') !== known) throw new Error(`two roots for size ${size}`);
    this.#roots.set(size, known);
    return size;
  }
}

/** The root that a log of so many leaves of the drill must have. */
export function expectedRoot(size: number): Buffer {
  return merkleRoot(entriesAt(0, size));
}

/**
 * A successor opens the log, and appends `more` leaves. Throws when anything acknowledged is missing, or what it
 * publishes does not verify. Returns the size.
 */
export async function succeed(
  directory: string,
  { acknowledged }: End,
  published: PublishedRoots,
  more = 0,
): Promise<number> {
  const writer = await LogWriter.open({ directory, log: crash_log, signer: crashSigner });
  published.note(directory);
  const { size } = writer;
  if (size < acknowledged) throw new Error(`${acknowledged} leaves were acknowledged, ${size} are there`);
  if (size > 0 && writer.state !== String(size)) throw new Error(`the state of ${size} is ${writer.state}`);
  if (more > 0) {
    await writer.append(entriesAt(size, size + more), String(size + more));
    await writer.publish();
  }
  await writer.close();
  if (published.note(directory) !== size + more) throw new Error('the checkpoint is not of what is bound');
  const { findings } = verifyLog(join(directory, crash_log), crashSigner.vkey);
  if (findings.length > 0) throw new Error(`the log does not verify: ${JSON.stringify(findings[0])}`);
  return size + more;
}
