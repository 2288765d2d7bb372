import { closeSync, openSync, readSync } from 'node:fs';

const chunk_bytes = 1024 * 1024;
const newline = 0x0a;

/** The lines of a file without their newline, read piece by piece; a last line without newline counts. */
export function* linesOf(path: string): Generator<string> {
  const descriptor = openSync(path, 'r');
  try {
    let rest = Buffer.alloc(0);
    const chunk = Buffer.alloc(chunk_bytes);
    for (let read = readSync(descriptor, chunk); read > 0; read = readSync(descriptor, chunk)) {
      const bytes = Buffer.concat([rest, chunk.subarray(0, read)]);
      let start = 0;
      for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
        yield bytes.toString('utf8', start, end);
        start = end + 1;
      }
      rest = bytes.subarray(start);
    }
    if (rest.length > 0) yield rest.toString();
  } finally {
    closeSync(descriptor);
  }
}
