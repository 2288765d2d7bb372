import { expect, it } from 'vitest';
import { encodeServerArgs } from './server-args.ts';

/** Reads what the server reads, in its order. */
function reader(bytes: Buffer) {
  let at = 0;
  const byte = (): number => bytes.readUInt8(at++);
  const variableInteger = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const part = byte();
      value |= (part & 0x7f) << shift;
      if (part < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => bytes.subarray(at, (at += length));
  const text = (): string => {
    const units = Array.from({ length: variableInteger() }, () => {
      const first = byte();
      if (first < 0x80) return first;
      if (first < 0xe0) return ((first & 0x1f) << 6) | (byte() & 0x3f);
      return ((first & 0x0f) << 12) | ((byte() & 0x3f) << 6) | (byte() & 0x3f);
    });
    return String.fromCharCode(...units);
  };
  return { byte, variableInteger, take, text, isAtEnd: () => at === bytes.length };
}

it('writes what the server reads', () => {
  const folder = `/srv/${'long/'.repeat(40)}Ünï-日本-😀`;
  const settings = { 'http.port': '9200', 'path.data': folder };
  const read = reader(encodeServerArgs({ settings, config: '/c', logs: folder }));
  expect([read.byte(), read.byte(), read.byte()]).toEqual([1, 0, 0]);
  expect(read.text()).toMatch(/KeyStoreWrapper$/);
  expect(read.take(4).readInt32BE()).toBe(7);
  expect([read.byte(), read.byte()]).toEqual([0, 0]);
  expect([read.variableInteger(), read.text()]).toEqual([1, 'keystore.seed']);
  expect(read.take(read.variableInteger()).length).toBe(20);
  expect(read.take(read.variableInteger()).length).toBe(32);
  expect(read.byte()).toBe(0);
  const entries = Array.from({ length: read.variableInteger() }, () => {
    const name = read.text();
    return [name, [read.byte(), read.text()]];
  });
  expect(Object.fromEntries(entries)).toEqual({ 'http.port': [0, '9200'], 'path.data': [0, folder] });
  expect([read.text(), read.text()]).toEqual(['/c', folder]);
  expect(read.isAtEnd()).toBe(true);
});
