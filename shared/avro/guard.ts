import avsc from 'avsc';

/** The cursor with which avsc walks a buffer, as far as this guard needs it. Private to avsc 5.7.9. */
export interface Tap {
  readonly buf: Buffer;
  pos: number;
  readLong(): number;
  skipLong(): void;
  readString(): string;
  skipString(): void;
  /** Moves past the end, so that the surrounding decode reports malformed bytes. */
  _invalidate(): void;
}

declare module 'avsc' {
  interface Type {
    _read(tap: Tap): unknown;
    _skip(tap: Tap): void;
    _write(tap: Tap, value: unknown): void;
  }
}

type Values = Record<string, unknown>;

/**
 * avsc believes the item count that stands before each block of an array or map: seven hostile bytes cost seconds
 * of CPU and a gigabyte of memory. Here a count must fit into the bytes that are left, which bounds the work by
 * the record's size. That holds because every item of our schemas takes at least one byte (a test checks it).
 */
export function installDecodeGuard(): void {
  avsc.types.ArrayType.prototype._read = readArray;
  avsc.types.ArrayType.prototype._skip = skipArray;
  avsc.types.MapType.prototype._read = readMap;
  avsc.types.MapType.prototype._skip = skipMap;
}

/** The number of items in the next block; 0 at the end, and for a count that cannot be true. */
function readCount(tap: Tap): number {
  let count = tap.readLong();
  if (count < 0) {
    count = -count;
    tap.skipLong();
  }
  if (count <= tap.buf.length - tap.pos) return count;
  tap._invalidate();
  return 0;
}

function readArray(this: { readonly itemsType: avsc.Type }, tap: Tap): unknown[] {
  const items: unknown[] = [];
  for (let count = readCount(tap); count > 0; count = readCount(tap)) {
    while (count-- > 0) items.push(this.itemsType._read(tap));
  }
  return items;
}

function readMap(this: { readonly valuesType: avsc.Type }, tap: Tap): Values {
  const values: Values = {};
  for (let count = readCount(tap); count > 0; count = readCount(tap)) {
    while (count-- > 0) {
      const key = tap.readString();
      const value = this.valuesType._read(tap);
      if (key === '__proto__') defineOwn(values, key, value);
      else values[key] = value;
    }
  }
  return values;
}

/** A plain assignment to `__proto__` would lose the entry. */
function defineOwn(values: Values, key: string, value: unknown): void {
  Object.defineProperty(values, key, { value, enumerable: true, writable: true, configurable: true });
}

function skipArray(this: { readonly itemsType: avsc.Type }, tap: Tap): void {
  for (let count = readCount(tap); count > 0; count = readCount(tap)) {
    while (count-- > 0) this.itemsType._skip(tap);
  }
}

function skipMap(this: { readonly valuesType: avsc.Type }, tap: Tap): void {
  for (let count = readCount(tap); count > 0; count = readCount(tap)) {
    while (count-- > 0) {
      tap.skipString();
      this.valuesType._skip(tap);
    }
  }
}
