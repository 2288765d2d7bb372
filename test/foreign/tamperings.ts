import { generateKeyPairSync, hash, type KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { merkleRoot } from '#shared/ledger/merkle.ts';
import { checkpointText, createNoteSigner } from '#shared/ledger/note.ts';

/** A log of 70,000 leaves: full and partial tiles on three levels. */
export const tampered_size = 70_000;

export interface Victim {
  /** The log's folder. */
  readonly folder: string;
  readonly origin: string;
  readonly key: KeyObject;
  /** The entries as they were. */
  readonly entries: readonly Buffer[];
}

/** One way to falsify a log. */
export interface Tampering {
  readonly name: string;
  readonly apply: (victim: Victim) => void;
}

function edit(victim: Victim, path: string, change: (bytes: Buffer) => Buffer): void {
  const file = join(victim.folder, path);
  writeFileSync(file, change(readFileSync(file)));
}

function flip(path: string, at: number): (victim: Victim) => void {
  return (victim) =>
    edit(victim, path, (bytes) => {
      const position = at < 0 ? bytes.length + at : at;
      bytes.writeUInt8(bytes.readUInt8(position) ^ 1, position);
      return bytes;
    });
}

function editCheckpoint(change: (text: string) => string): (victim: Victim) => void {
  return (victim) => edit(victim, 'checkpoint', (bytes) => Buffer.from(change(bytes.toString())));
}

function lengthOf(bundle: Buffer, position: number): number {
  return 2 + bundle.readUInt16BE(position);
}

function leafHashOf(entry: Buffer): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(0), entry]), 'buffer');
}

/** Signs another history with the log's own key: only who saw the first one can tell. */
export function resign({ folder, origin, key }: Victim, entries: readonly Buffer[]): void {
  const text = checkpointText(origin, entries.length, merkleRoot(entries));
  writeFileSync(join(folder, 'checkpoint'), `${text}\n${createNoteSigner(origin, key).sign(text)}`);
}

/** Everything that a log's own files and its verifier key suffice to see. */
export const tamperings: readonly Tampering[] = [
  { name: 'a bit of an entry', apply: flip('tile/entries/003', 40) },
  { name: 'a bit of an entry in the partial bundle', apply: flip('tile/entries/273.p/112', 40) },
  { name: 'the length of an entry', apply: flip('tile/entries/003', 1) },
  { name: 'a bit of a leaf hash', apply: flip('tile/0/100', 40) },
  { name: 'a bit of a leaf hash in the partial tile', apply: flip('tile/0/273.p/112', 40) },
  { name: 'a bit of a level 1 tile', apply: flip('tile/1/000', 40) },
  { name: 'a bit of the partial level 1 tile', apply: flip('tile/1/001.p/17', 40) },
  { name: 'a bit of the level 2 tile', apply: flip('tile/2/000.p/1', 3) },
  {
    name: 'an entry and its leaf hash together',
    apply: (victim) => {
      const [, second = Buffer.alloc(0)] = victim.entries;
      let entry = Buffer.alloc(0);
      edit(victim, 'tile/entries/000', (bytes) => {
        const start = lengthOf(bytes, 0);
        bytes.writeUInt8(bytes.readUInt8(start + 10) ^ 1, start + 10);
        entry = Buffer.from(bytes.subarray(start + 2, start + 2 + second.length));
        return bytes;
      });
      edit(victim, 'tile/0/000', (bytes) => {
        leafHashOf(entry).copy(bytes, 32);
        return bytes;
      });
    },
  },
  {
    name: 'two entries exchanged, with their leaf hashes',
    apply: (victim) => {
      edit(victim, 'tile/entries/000', (bytes) => {
        const first = lengthOf(bytes, 0);
        const both = first + lengthOf(bytes, first);
        return Buffer.concat([bytes.subarray(first, both), bytes.subarray(0, first), bytes.subarray(both)]);
      });
      edit(victim, 'tile/0/000', (bytes) =>
        Buffer.concat([bytes.subarray(32, 64), bytes.subarray(0, 32), bytes.subarray(64)]),
      );
    },
  },
  {
    name: 'an entry twice in place of the next',
    apply: (victim) =>
      edit(victim, 'tile/entries/000', (bytes) => {
        const first = lengthOf(bytes, 0);
        const both = first + lengthOf(bytes, first);
        return Buffer.concat([bytes.subarray(0, first), bytes.subarray(0, first), bytes.subarray(both)]);
      }),
  },
  {
    name: 'bytes after the last entry of a bundle',
    apply: (victim) => edit(victim, 'tile/entries/005', (bytes) => Buffer.concat([bytes, Buffer.of(0, 0)])),
  },
  {
    name: 'a bundle cut within an entry',
    apply: (victim) => edit(victim, 'tile/entries/005', (bytes) => bytes.subarray(0, -3)),
  },
  {
    name: 'a bundle cut within a length',
    apply: (victim) => edit(victim, 'tile/entries/005', (bytes) => Buffer.concat([bytes, Buffer.of(0)])),
  },
  {
    name: 'the last entry of a bundle left out',
    apply: (victim) =>
      edit(victim, 'tile/entries/273.p/112', (bytes) =>
        bytes.subarray(0, -(2 + (victim.entries.at(-1)?.length ?? 0))),
      ),
  },
  {
    name: 'a tile cut short',
    apply: (victim) => edit(victim, 'tile/0/100', (bytes) => bytes.subarray(0, -32)),
  },
  {
    name: 'a partial tile of the wrong width',
    apply: (victim) => edit(victim, 'tile/0/273.p/112', (bytes) => bytes.subarray(0, -32)),
  },
  {
    name: 'a bundle in the middle removed',
    apply: (victim) => rmSync(join(victim.folder, 'tile/entries/100')),
  },
  { name: 'a tile in the middle removed', apply: (victim) => rmSync(join(victim.folder, 'tile/0/100')) },
  { name: 'the partial tile removed', apply: (victim) => rmSync(join(victim.folder, 'tile/0/273.p/112')) },
  {
    name: 'two bundles exchanged',
    apply: ({ folder }) => {
      const [a, b, c] = ['tile/entries/010', 'tile/entries/011', 'tile/entries/x'].map((path) =>
        join(folder, path),
      );
      if (a === undefined || b === undefined || c === undefined) return;
      renameSync(a, c);
      renameSync(b, a);
      renameSync(c, b);
    },
  },
  {
    name: 'the size in the checkpoint',
    apply: editCheckpoint((text) => text.replace('\n70000\n', '\n69999\n')),
  },
  {
    name: 'the root in the checkpoint',
    apply: editCheckpoint((text) =>
      text.replace(/\n(.)(.{43})\n\n/, (_all, first, rest) => `\n${first === 'A' ? 'B' : 'A'}${rest}\n\n`),
    ),
  },
  {
    name: 'the origin in the checkpoint',
    apply: editCheckpoint((text) => text.replace('foreign', 'foreing')),
  },
  {
    name: 'the signature',
    apply: editCheckpoint((text) =>
      text.replace(/(.)(.{6}\n)$/, (_all, first, rest) => `${first === 'A' ? 'B' : 'A'}${rest}`),
    ),
  },
  {
    name: 'the signature of another key under this name',
    apply: (victim) => resign({ ...victim, key: generateKeyPairSync('ed25519').privateKey }, victim.entries),
  },
  {
    name: 'the checkpoint of another log of this key',
    apply: (victim) => resign({ ...victim, origin: 'foreign.example/other' }, victim.entries),
  },
  { name: 'the checkpoint removed', apply: ({ folder }) => rmSync(join(folder, 'checkpoint')) },
  {
    name: 'the checkpoint without its signature',
    apply: editCheckpoint((text) => text.slice(0, text.indexOf('\n\n') + 1)),
  },
  {
    name: 'a signed root that these entries do not have',
    apply: (victim) => resign(victim, [...victim.entries.slice(0, -1), Buffer.from('other')]),
  },
];

/** What only a checkpoint that somebody kept can show: the log's own key signed a history that contradicts it. */
export const forks: readonly Tampering[] = [
  { name: 'the last leaf dropped', apply: (victim) => rewrite(victim, victim.entries.slice(0, -1)) },
  { name: 'the last 256 leaves dropped', apply: (victim) => rewrite(victim, victim.entries.slice(0, -256)) },
  {
    name: 'a leaf in the middle changed, all tiles made anew',
    apply: (victim) => rewrite(victim, victim.entries.with(1_000, Buffer.from('other'))),
  },
  {
    name: 'a leaf in the middle dropped and one added',
    apply: (victim) => rewrite(victim, [...victim.entries.toSpliced(1_000, 1), Buffer.from('new')]),
  },
  {
    name: 'a leaf inserted long after',
    apply: (victim) => rewrite(victim, victim.entries.toSpliced(5, 0, Buffer.from('back-dated'))),
  },
  {
    name: 'everything after leaf 60,000 written anew and longer',
    apply: (victim) =>
      rewrite(victim, [
        ...victim.entries.slice(0, 60_000),
        ...Array.from({ length: 20_000 }, (_, index) => Buffer.from(`fork ${index}`)),
      ]),
  },
];

/** Writes a whole, intact log of other entries with the same key. */
function rewrite(victim: Victim, entries: readonly Buffer[]): void {
  rmSync(join(victim.folder, 'tile'), { recursive: true });
  let level: readonly Buffer[] = entries.map(leafHashOf);
  writeFiles(
    victim.folder,
    'entries',
    entries.map((entry) => Buffer.concat([Buffer.of(entry.length >> 8, entry.length & 255), entry])),
  );
  for (let height = 0; level.length > 0; height += 1) {
    writeFiles(victim.folder, String(height), level);
    const full = Math.floor(level.length / 256);
    level = Array.from({ length: full }, (_, tile) => fold(level.slice(256 * tile, 256 * (tile + 1))));
  }
  resign(victim, entries);
}

function writeFiles(folder: string, level: string, items: readonly Buffer[]): void {
  for (let first = 0; first < items.length; first += 256) {
    const part = items.slice(first, first + 256);
    const number = String(first / 256).padStart(3, '0');
    const path = join(folder, 'tile', level, part.length === 256 ? number : `${number}.p/${part.length}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.concat(part));
  }
}

function fold(row: readonly Buffer[]): Buffer {
  const [only] = row;
  if (row.length === 1 && only !== undefined) return only;
  const half = row.length / 2;
  return hash(
    'sha256',
    Buffer.concat([Buffer.of(1), fold(row.slice(0, half)), fold(row.slice(half))]),
    'buffer',
  );
}
