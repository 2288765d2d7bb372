import { appendFileSync, closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { flushData, flushPath, openToAppend, readIfPresent } from '../writer/files.ts';

/** Base64 of a 32-byte key wrapped by RFC 3394. */
const wrapped_chars = 56;
const commitment_chars = 64;
const line_chars = commitment_chars + 1 + wrapped_chars + 1;
/** What is left of a key. */
const shredded = '.'.repeat(wrapped_chars);

/**
 * The wrapped keys of bodies, apart from what they encrypt, so that copies of the ciphertext elsewhere are worthless once
 * a key is gone. A file is lines of one length, `<commitment> <wrapped key>`; a key is destroyed where it lies.
 */
export class BodyKeyFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Adds keys; resolves when the disk has them. */
  async add(keys: readonly { readonly commitment: string; readonly wrapped_key: string }[]): Promise<void> {
    const { descriptor, bytes } = openToAppend(this.#path);
    try {
      // A line that a crash cut short is filled up: lines of one length can be found by their number.
      const missing = (line_chars - (bytes % line_chars)) % line_chars;
      const rest = missing === 0 ? '' : `${'.'.repeat(missing - 1)}\n`;
      const lines = keys.map(({ commitment, wrapped_key }) => `${commitment} ${wrapped_key}\n`);
      appendFileSync(descriptor, rest + lines.join(''));
      await flushData(descriptor);
    } finally {
      closeSync(descriptor);
    }
    if (bytes === 0) await flushPath(dirname(this.#path));
  }

  /** The wrapped keys by commitment; undefined for one that was destroyed. */
  read(): ReadonlyMap<string, string | undefined> {
    const text = readIfPresent(this.#path)?.toString('latin1') ?? '';
    const keys = new Map<string, string | undefined>();
    for (let at = 0; at + line_chars <= text.length; at += line_chars) {
      const key = text.slice(at + commitment_chars + 1, at + line_chars - 1);
      keys.set(text.slice(at, at + commitment_chars), key === shredded ? undefined : key);
    }
    return keys;
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }

  /** Overwrites the keys of these commitments. Resolves when the disk has forgotten them. */
  async shred(commitments: ReadonlySet<string>): Promise<void> {
    if (readIfPresent(this.#path) === undefined) return;
    const text = readFileSync(this.#path, 'latin1');
    const descriptor = openSync(this.#path, 'r+');
    try {
      for (let at = 0; at + line_chars <= text.length; at += line_chars) {
        if (!commitments.has(text.slice(at, at + commitment_chars))) continue;
        writeSync(descriptor, shredded, at + commitment_chars + 1, 'latin1');
      }
      await flushData(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}
