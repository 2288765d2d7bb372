import { hash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { NoteSigner } from '../note.ts';
import { Serial } from '#shared/serial/serial.ts';
import { type OpenedCheckpoint, openCheckpoint, parseCheckpointText } from '../verify/checkpoint.ts';
import { Malformed } from '../verify/malformed.ts';
import { verifyConsistency } from '../verify/merkle.ts';
import { decodeBase64, splitNote, type VerifierKey } from '../verify/note.ts';
import { flushPath, readIfPresent, replaceFile } from '../writer/files.ts';
import { acquireLock, type Lock } from '../writer/lock.ts';

/** An answer of the witness protocol (c2sp.org/tlog-witness). */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly content_type: string;
  readonly body: string;
}

/** The specification's bound. */
const proof_lines_max = 63;
const plain = 'text/plain; charset=utf-8';
const emptyRoot = hash('sha256', '');

/**
 * A witness: signs the checkpoint of a log only when it has seen every earlier one that it signed grow into it. It keeps
 * the whole latest checkpoint of each log, because proof of a log's misbehaviour needs the log's own signature.
 */
export class Witness {
  readonly #folder: string;
  readonly #cosigner: NoteSigner;
  readonly #logs: ReadonlyMap<string, VerifierKey>;
  readonly #lock: Lock;
  /** Check and store are one step: what was checked must still be the latest when it is replaced. */
  readonly #serial = new Serial();

  /**
   * `logs` are the keys of the logs it watches; a key's name is the origin.
   * @throws BW_LEDGER_LOCKED when another process has the folder.
   */
  constructor(folder: string, cosigner: NoteSigner, logs: readonly VerifierKey[]) {
    mkdirSync(folder, { recursive: true });
    this.#lock = acquireLock(join(folder, 'lock'));
    this.#folder = folder;
    this.#cosigner = cosigner;
    this.#logs = new Map(logs.map((key) => [key.name, key]));
  }

  /** `POST <prefix>/add-checkpoint`. */
  addCheckpoint(body: Buffer): Promise<WitnessAnswer> {
    return this.#serial.run(() => this.#add(body));
  }

  /** `GET <prefix>/<origin hash>/checkpoint`: the latest checkpoint that it signed. */
  latest(originHash: string): Buffer | undefined {
    return /^[0-9a-f]{64}$/.test(originHash) ? readIfPresent(this.#path(originHash)) : undefined;
  }

  close(): void {
    this.#lock.release();
  }

  async #add(body: Buffer): Promise<WitnessAnswer> {
    const request = parseRequest(body);
    if (request === undefined) return refusal(400, 'the request is not of the form that the protocol has');
    const key = this.#logs.get(request.origin);
    if (key === undefined) return refusal(404, 'unknown log');
    const checkpoint = openSigned(request.checkpoint, key);
    if (checkpoint === undefined) return refusal(403, 'not signed by the key of this log');
    if (request.old > checkpoint.size) return refusal(400, 'the old size is beyond the checkpoint');
    const path = this.#path(hash('sha256', checkpoint.origin));
    const stored = readIfPresent(path);
    const seen = stored === undefined ? undefined : parseCheckpointText(splitNote(stored).text);
    const seen_size = seen?.size ?? 0;
    if (request.old !== seen_size) return conflict(seen_size);
    const seenRoot = seen?.root ?? Buffer.from(emptyRoot, 'hex');
    if (!hasGrown(seen_size, seenRoot, checkpoint, request.proof))
      return refusal(422, 'no proof of consistency');
    const signature = this.#cosigner.sign(checkpoint.text);
    await this.#store(path, `${checkpoint.text}\n${logSignatures(request.checkpoint, key)}${signature}`);
    return { status: 200, content_type: plain, body: signature };
  }

  async #store(path: string, checkpoint: string): Promise<void> {
    replaceFile(path, checkpoint);
    await flushPath(path);
    await flushPath(dirname(path));
  }

  #path(originHash: string): string {
    return join(this.#folder, originHash, 'checkpoint');
  }
}

interface AddRequest {
  readonly old: number;
  readonly proof: readonly Buffer[];
  readonly checkpoint: Buffer;
  readonly origin: string;
}

function parseRequest(body: Buffer): AddRequest | undefined {
  const [, old = '', lines = '', checkpoint = ''] =
    /^old (0|[1-9]\d*)\n((?:[^\n]+\n)*)\n([^]+)$/u.exec(body.toString()) ?? [];
  const hashes = lines.split('\n').slice(0, -1);
  if (old === '' || hashes.length > proof_lines_max || !Number.isSafeInteger(Number(old))) return undefined;
  try {
    const proof = hashes.map((line) => decodeBase64(line, 'a hash'));
    const { origin } = parseCheckpointText(splitNote(Buffer.from(checkpoint)).text);
    return { old: Number(old), proof, checkpoint: Buffer.from(checkpoint), origin };
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function openSigned(checkpoint: Buffer, key: VerifierKey): OpenedCheckpoint | undefined {
  try {
    return openCheckpoint(checkpoint, key);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function hasGrown(size: number, root: Buffer, to: OpenedCheckpoint, proof: readonly Buffer[]): boolean {
  if (to.size === 0) return proof.length === 0 && to.root.toString('hex') === emptyRoot;
  // Every tree begins with the empty one: there is nothing to prove.
  if (size === 0) return proof.length === 0;
  return verifyConsistency(size, to.size, root, to.root, proof);
}

/** The signature lines of the log itself, as they came. */
function logSignatures(checkpoint: Buffer, key: VerifierKey): string {
  const text = checkpoint.toString();
  return text
    .slice(text.lastIndexOf('\n\n') + 2)
    .split('\n')
    .filter((line) => line.startsWith(`\u2014 ${key.name} `))
    .map((line) => `${line}\n`)
    .join('');
}

function refusal(status: 400 | 403 | 404 | 422, reason: string): WitnessAnswer {
  return { status, content_type: plain, body: `${reason}\n` };
}

function conflict(size: number): WitnessAnswer {
  return { status: 409, content_type: 'text/x.tlog.size', body: `${size}\n` };
}
