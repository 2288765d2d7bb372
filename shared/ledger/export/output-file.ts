import { createHash, type Hash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

const buffered_chars_max = 256 * 1024;

/** What the manifest says of a file. */
export interface FileDigest {
  readonly bytes: number;
  readonly sha256: string;
}

/** The files of a bundle as they are written: each is hashed on the way, and memory stays flat. */
export class OutputFolder {
  readonly path: string;
  readonly #files = new Map<string, FileDigest>();

  constructor(path: string) {
    this.path = path;
  }

  /** A file to be written piece by piece. */
  open(name: string): OutputFile {
    return new OutputFile(this.path, name, (digest) => this.#files.set(name, digest));
  }

  write(name: string, content: string | Buffer): void {
    const file = this.open(name);
    file.write(content);
    file.close();
  }

  /** A file that proves itself, such as a tile: it is not named in the manifest. */
  writeUnnamed(name: string, content: Buffer): void {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
  }

  /** Names a file that something else wrote. */
  add(name: string, digest: FileDigest): void {
    this.#files.set(name, digest);
  }

  /** All files that are closed, by name. */
  digests(): Record<string, FileDigest> {
    return Object.fromEntries([...this.#files].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

export class OutputFile {
  readonly #descriptor: number;
  readonly #hash: Hash = createHash('sha256');
  readonly #onClose: (digest: FileDigest) => void;
  #text: string[] = [];
  #text_chars = 0;
  #bytes = 0;

  constructor(folder: string, name: string, onClose: (digest: FileDigest) => void) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    this.#descriptor = openSync(path, 'wx', 0o600);
    this.#onClose = onClose;
  }

  write(content: string | Buffer): void {
    if (typeof content !== 'string') {
      this.#flush();
      this.#put(content);
      return;
    }
    this.#text.push(content);
    this.#text_chars += content.length;
    if (this.#text_chars > buffered_chars_max) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#descriptor);
    this.#onClose({ bytes: this.#bytes, sha256: this.#hash.digest('hex') });
  }

  #flush(): void {
    if (this.#text.length === 0) return;
    this.#put(Buffer.from(this.#text.join('')));
    this.#text = [];
    this.#text_chars = 0;
  }

  #put(bytes: Buffer): void {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.#descriptor, bytes, written, bytes.length - written);
    }
  }
}
