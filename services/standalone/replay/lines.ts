import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';

/** Longest line that is read whole, in bytes; a longer one is cut there and reported as it stands. */
export const line_bytes_max = 64 * 1024 * 1024;

const newline = 0x0a;
const carriageReturn = 0x0d;

/** Opens a file, or standard input for `-`. */
export function openInput(file: string): Readable {
  return file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 1024 * 1024 });
}

/**
 * Splits bytes into lines without their line ends, exactly: no decoding, so that what is not UTF-8 stays as it came.
 * Yields the lines of one chunk at a time. A last line without a line end counts; the emptiness after one does not.
 */
export async function* readLines(input: AsyncIterable<unknown>): AsyncGenerator<Buffer[]> {
  let rest: Buffer[] = [];
  let rest_bytes = 0;
  for await (const chunk of input) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('input must be bytes');
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const part = chunk.subarray(start, end);
      lines.push(trimmed(rest.length === 0 ? part : Buffer.concat([...rest, part])));
      rest = [];
      rest_bytes = 0;
      start = end + 1;
    }
    if (start < chunk.length) {
      rest.push(chunk.subarray(start));
      rest_bytes += chunk.length - start;
    }
    if (rest_bytes > line_bytes_max) {
      lines.push(Buffer.concat(rest));
      rest = [];
      rest_bytes = 0;
    }
    yield lines;
  }
  if (rest.length > 0) yield [trimmed(Buffer.concat(rest))];
}

function trimmed(line: Buffer): Buffer {
  return line.at(-1) === carriageReturn ? line.subarray(0, -1) : line;
}
