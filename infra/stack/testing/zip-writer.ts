import { deflateRawSync } from 'node:zlib';

/** A zip archive of the files, each deflated, with extra fields of different lengths in its two headers. */
export function writeZip(files: Readonly<Record<string, Buffer>>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const packed = deflateRawSync(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(3, 28);
    const body = Buffer.concat([local, Buffer.from(name), Buffer.alloc(3), packed]);
    directory.push(directoryEntry(name, packed.length, content.length, offset));
    bodies.push(body);
    offset += body.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, list, end]);
}

function directoryEntry(name: string, packed_bytes: number, size_bytes: number, offset: number): Buffer {
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(packed_bytes, 20);
  entry.writeUInt32LE(size_bytes, 24);
  entry.writeUInt16LE(name.length, 28);
  entry.writeUInt16LE(5, 30);
  entry.writeUInt32LE(offset, 42);
  return Buffer.concat([entry, Buffer.from(name), Buffer.alloc(5)]);
}
