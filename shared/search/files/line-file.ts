import { closeSync, openSync, writeSync } from 'node:fs';

/** One write call to the system per so many bytes. */
const buffer_bytes = 256 * 1024;
const newline = 0x0a;
/** UTF-8 takes at most three bytes a UTF-16 unit. */
const bytes_per_unit_max = 3;

/** A new file that is written line by line, through a buffer. */
export class LineFile {
  readonly #descriptor: number;
  readonly #buffer = Buffer.allocUnsafeSlow(buffer_bytes);
  #end = 0;

  /** @throws when the file exists */
  constructor(path: string) {
    this.#descriptor = openSync(path, 'wx');
  }

  writeLine(line: string): void {
    const bytes_max = line.length * bytes_per_unit_max + 1;
    if (bytes_max > buffer_bytes - this.#end) this.flush();
    if (bytes_max > buffer_bytes) {
      writeFully(this.#descriptor, Buffer.from(`${line}\n`));
      return;
    }
    this.#end += this.#buffer.write(line, this.#end);
    this.#buffer[this.#end] = newline;
    this.#end += 1;
  }

  flush(): void {
    writeFully(this.#descriptor, this.#buffer.subarray(0, this.#end));
    this.#end = 0;
  }

  close(): void {
    this.flush();
    closeSync(this.#descriptor);
  }
}

/** The system may take less than it is given, such as when the disk is nearly full. */
function writeFully(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(descriptor, bytes, written, bytes.length - written);
  }
}
