import { BreakwaterError } from '#shared/errors/error.ts';
import { consistencyProof, TreeReader } from '../proof.ts';
import { parseCheckpointText } from '../verify/checkpoint.ts';
import { Malformed } from '../verify/malformed.ts';
import { openNote, splitNote, type VerifierKey } from '../verify/note.ts';

/** A witness that a log submits to. */
export interface WitnessAddress {
  readonly key: VerifierKey;
  /** Submission prefix. */
  readonly url: string;
}

const request_timeout_ms = 10_000;
const answer_chars_max = 64 * 1024;

/** Submits the checkpoints of one log to one witness; remembers what the witness has seen. */
export class WitnessClient {
  readonly #address: WitnessAddress;
  readonly #folder: string;
  #seen_size = 0;

  /** `folder` is the log's, for consistency proofs. */
  constructor(address: WitnessAddress, folder: string) {
    this.#address = address;
    this.#folder = folder;
  }

  get name(): string {
    return this.#address.key.name;
  }

  /**
   * The witness' cosignature line over a published checkpoint.
   * @throws BW_WITNESS_UNAVAILABLE (retriable) when it does not answer; BW_WITNESS_REFUSED when it says no: it has seen
   * another history of this log, or does not know it.
   */
  async cosign(checkpoint: Buffer): Promise<string> {
    const { text } = splitNote(checkpoint);
    const { size } = parseCheckpointText(text);
    let answer = await this.#submit(checkpoint, size);
    if (answer.status === 409) {
      // It has seen more or less than we remember; what it says is where the proof must begin.
      this.#seen_size = seenSize(answer.body, size);
      answer = await this.#submit(checkpoint, size);
    }
    if (answer.status !== 200) throw refused(this.name, `${answer.status} ${answer.body.slice(0, 200)}`);
    const line = this.#verified(text, answer.body);
    this.#seen_size = size;
    return line;
  }

  async #submit(
    checkpoint: Buffer,
    size: number,
  ): Promise<{ readonly status: number; readonly body: string }> {
    const old = this.#seen_size;
    if (old > size) throw refused(this.name, `it has seen ${old} leaves, the log has ${size}`);
    const proof = old === 0 ? [] : consistencyProof(new TreeReader(this.#folder, size), old);
    const lines = proof.map((digest) => `${Buffer.from(digest, 'binary').toString('base64')}\n`);
    const body = `old ${old}\n${lines.join('')}\n${checkpoint.toString()}`;
    try {
      const signal = AbortSignal.timeout(request_timeout_ms);
      const response = await fetch(`${this.#address.url}/add-checkpoint`, { method: 'POST', body, signal });
      return { status: response.status, body: (await response.text()).slice(0, answer_chars_max) };
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
      throw new BreakwaterError('BW_WITNESS_UNAVAILABLE', `${this.name} does not answer`, {}, error);
    }
  }

  /** Only the lines of the witness' own key, and only when they hold. */
  #verified(text: string, body: string): string {
    try {
      openNote(Buffer.from(`${text}\n${body}`), [this.#address.key]);
    } catch (error) {
      if (error instanceof Malformed) throw refused(this.name, error.message);
      throw error;
    }
    const lines = body.split('\n').filter((line) => line.startsWith(`\u2014 ${this.name} `));
    return lines.map((line) => `${line}\n`).join('');
  }
}

function seenSize(body: string, size: number): number {
  const seen = Number(body.trim());
  return Number.isSafeInteger(seen) && seen >= 0 ? seen : size;
}

function refused(witness: string, reason: string): BreakwaterError {
  return new BreakwaterError('BW_WITNESS_REFUSED', `${witness} refuses to cosign: ${reason}`);
}
