import { closeSync, openSync, writeSync } from 'node:fs';

/** Text is written out when this much has gathered, in characters. */
const buffer_chars_max = 1024 * 1024;

/** A file of JSON lines that is written in large pieces. */
export class NdjsonFile {
  readonly #descriptor: number;
  #buffer: string[] = [];
  #buffered_chars = 0;
  #lines = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'w');
  }

  /** Appends one JSON text. */
  write(json: string): void {
    this.#buffer.push(json, '\n');
    this.#buffered_chars += json.length + 1;
    this.#lines += 1;
    if (this.#buffered_chars >= buffer_chars_max) this.#flush();
  }

  get lines(): number {
    return this.#lines;
  }

  close(): void {
    this.#flush();
    closeSync(this.#descriptor);
  }

  #flush(): void {
    const bytes = Buffer.from(this.#buffer.join(''));
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
    this.#buffer = [];
    this.#buffered_chars = 0;
  }
}
