import { hash, createHash } from 'node:crypto';
import {
  closeSync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const buffered_chars_max = 256 * 1024;
const chunk_bytes = 1024 * 1024;

/** A file that is written line by line and can be gone on with after an interruption. */
export class GrowingFile {
  readonly #descriptor: number;
  #bytes: number;
  #text: string[] = [];
  #text_chars = 0;

  /** Goes on after the first `bytes` of the file; what lies behind them is cut off. */
  constructor(path: string, bytes: number) {
    this.#descriptor = openSync(path, bytes === 0 ? 'w' : 'r+', 0o600);
    ftruncateSync(this.#descriptor, bytes);
    this.#bytes = bytes;
  }

  write(text: string): void {
    this.#text.push(text);
    this.#text_chars += text.length;
    if (this.#text_chars > buffered_chars_max) this.#flush();
  }

  /** Resolves to the length of the file once the disk has it all. */
  save(): number {
    this.#flush();
    fdatasyncSync(this.#descriptor);
    return this.#bytes;
  }

  close(): void {
    this.#flush();
    closeSync(this.#descriptor);
  }

  #flush(): void {
    if (this.#text.length === 0) return;
    const bytes = Buffer.from(this.#text.join(''));
    this.#text = [];
    this.#text_chars = 0;
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.#descriptor, bytes, written, bytes.length - written, this.#bytes + written);
    }
    this.#bytes += bytes.length;
  }
}

/** Writes a small file whole; what an interrupted run left of it is replaced. `isFlushed`: waits for the disk. */
export function writeWhole(folder: string, name: string, content: string | Buffer, isFlushed = false): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode: 0o600, flush: isFlushed });
}

/** What the manifest says of a file. */
export interface FileDigest {
  readonly bytes: number;
  readonly sha256: string;
}

/** Length and SHA-256 of bytes. */
export function digestOf(content: Buffer): FileDigest {
  return { bytes: content.length, sha256: hash('sha256', content) };
}

/** Length and SHA-256 of a file, read piece by piece. */
export function digestFile(path: string): FileDigest {
  const digest = createHash('sha256');
  const descriptor = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(chunk_bytes);
    let bytes = 0;
    for (let read = readSync(descriptor, chunk); read > 0; read = readSync(descriptor, chunk)) {
      digest.update(chunk.subarray(0, read));
      bytes += read;
    }
    return { bytes, sha256: digest.digest('hex') };
  } finally {
    closeSync(descriptor);
  }
}
