/** Headers of the tar format (POSIX pax interchange): enough for plain files of any name and size. */

export const block_bytes = 512;
const name_bytes_max = 100;
/** What eleven octal digits hold. */
const size_max = 8 ** 11 - 1;

/** The blocks before a file's content. */
export function tarHeader(path: string, bytes: number, modified_s: number): Buffer {
  const records: string[] = [];
  if (Buffer.byteLength(path) > name_bytes_max) records.push(paxRecord('path', path));
  if (bytes > size_max) records.push(paxRecord('size', String(bytes)));
  const header = block(path, Math.min(bytes, size_max), modified_s, '0');
  if (records.length === 0) return header;
  const extended = Buffer.from(records.join(''));
  return Buffer.concat([
    block('pax', extended.length, modified_s, 'x'),
    extended,
    padding(extended.length),
    header,
  ]);
}

/** What fills the last block of a content. */
export function padding(bytes: number): Buffer {
  return Buffer.alloc((block_bytes - (bytes % block_bytes)) % block_bytes);
}

/** What ends an archive. */
export const tarEnd = Buffer.alloc(2 * block_bytes);

function block(name: string, bytes: number, modified_s: number, type: '0' | 'x'): Buffer {
  const header = Buffer.alloc(block_bytes);
  header.write(Buffer.from(name).subarray(0, name_bytes_max).toString('latin1'), 0, 'latin1');
  header.write('0000600\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${octal(bytes)}\0`, 124);
  header.write(`${octal(modified_s)}\0`, 136);
  header.write(type, 156);
  header.write('ustar\x0000', 257);
  // The checksum is taken with spaces in its place.
  header.write('        ', 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

function octal(value: number): string {
  return value.toString(8).padStart(11, '0');
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  length = bytes + String(length).length;
  return `${length}${rest}`;
}
