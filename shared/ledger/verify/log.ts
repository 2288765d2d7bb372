import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { Malformed } from './malformed.ts';
import { leafDigest, rootDigest } from './merkle.ts';
import { parseVerifierKey, type VerifiedSignature, type VerifierKey } from './note.ts';
import { readBundle, readFile, readTile, tile_width, tilePath } from './tiles.ts';

/** One thing that is wrong: which file or leaf, and what about it. */
export interface Finding {
  readonly where: string;
  readonly what: string;
}

export interface LogReport {
  /** Undefined when it is missing or not signed by the log. */
  readonly checkpoint: Checkpoint | undefined;
  readonly signatures: readonly VerifiedSignature[];
  /** From here on every leaf was there and was checked; 0 unless the log is pruned. */
  readonly first_index: number;
  /** Empty when the log is as it was signed. */
  readonly findings: readonly Finding[];
}

export interface VerifyLogOptions {
  readonly witnesses?: readonly VerifierKey[];
  /** How many of `witnesses` must have cosigned. */
  readonly quorum?: number;
  /** Other keys of the log, from the chain of its rotations. */
  readonly otherKeys?: readonly VerifierKey[];
  /** Pruning (c2sp.org/tlog-tiles): full tiles and bundles that end at or before this leaf need not be there. */
  readonly minimum_index?: number;
  /** Checkpoints seen earlier, already opened: the log must have grown from each of them. */
  readonly earlier?: readonly Checkpoint[];
  /** Is shown every entry in order, and says what is wrong with it. */
  readonly onEntry?: (entry: Buffer, index: number) => string | undefined;
}

/** Stands for a hash that pruning took away. */
const pruned = '';

/** A log with more wrong than this is not worth listing further. */
const findings_max = 1_000;

/**
 * Checks a whole log in `folder`: the checkpoint's signature by `vkey`, every entry against its leaf hash, every tile
 * against the tile above it, the top against the signed root. Each file is compared with its neighbours as they are
 * stored, so that a change is reported where it was made. Throws only when files cannot be read at all.
 */
export function verifyLog(folder: string, vkey: string, options: VerifyLogOptions = {}): LogReport {
  const findings: Finding[] = [];
  const report = (where: string, what: string): void => {
    if (findings.length < findings_max) findings.push({ where, what });
  };
  const opened = attempt('checkpoint', report, () => {
    const bytes = readFile(`${folder}/checkpoint`);
    if (bytes === undefined) throw new Malformed('is missing');
    return openCheckpoint(bytes, parseVerifierKey(vkey), options.witnesses ?? [], options.otherKeys);
  });
  if (opened === undefined) return { checkpoint: undefined, signatures: [], first_index: 0, findings };
  const witnesses = opened.verified.filter(
    (signature) => options.witnesses?.includes(signature.key) === true,
  );
  if (witnesses.length < (options.quorum ?? 0)) {
    report('checkpoint', `${witnesses.length} witnesses cosigned it, ${options.quorum} must`);
  }
  const first_index = new TreeCheck(folder, opened, options, report).run();
  return { checkpoint: opened, signatures: opened.verified, first_index, findings };
}

type Report = (where: string, what: string) => void;

function attempt<Result>(where: string, report: Report, read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    report(where, error.message);
    return undefined;
  }
}

class TreeCheck {
  readonly #folder: string;
  readonly #signed: Checkpoint;
  readonly #minimum: number;
  readonly #options: VerifyLogOptions;
  readonly #report: Report;
  /** At each level the hashes since the last full tile, as the level below has them. */
  readonly #edge: string[][] = [[]];
  #first_index = 0;

  constructor(folder: string, signed: Checkpoint, options: VerifyLogOptions, report: Report) {
    this.#folder = folder;
    this.#signed = signed;
    this.#minimum = options.minimum_index ?? 0;
    this.#options = options;
    this.#report = report;
  }

  /** Returns from which leaf on all are there. */
  run(): number {
    const { size } = this.#signed;
    if (this.#minimum > size)
      this.#report('checkpoint', `has ${size} leaves, and is pruned to ${this.#minimum}`);
    const earlier = [...(this.#options.earlier ?? [])].sort((a, b) => a.size - b.size);
    for (const known of earlier) requireEarlier(known, this.#signed, this.#report);
    for (let index = 0; index * tile_width < size; index += 1) {
      const width = Math.min(tile_width, size - index * tile_width);
      const leaves = this.#checkBundle(index, width);
      const end = leaves.includes(pruned) ? this.#storedRoot(0, index) : undefined;
      for (const known of earlier) {
        const inside = known.size - index * tile_width;
        if (inside <= 0 || inside > width) continue;
        const levels = [leaves.slice(0, inside), ...this.#edge.slice(1)];
        const whole = [[], [...(this.#edge[1] ?? []), end ?? pruned], ...this.#edge.slice(2)];
        const root = rootOf(end !== undefined && inside === tile_width ? whole : levels);
        compareRoot(known, root, 'the earlier checkpoint', this.#report);
      }
      this.#edge[0] = leaves;
      if (width === tile_width) this.#raise(0, index);
    }
    this.#edge.forEach((hashes, level) => {
      if (level > 0 && hashes.length > 0) {
        this.#edge[level] = this.#checkTile(level, Math.floor(size / tile_width ** (level + 1)), hashes);
      }
    });
    compareRoot(this.#signed, rootOf(this.#edge), 'the checkpoint', this.#report);
    return this.#first_index;
  }

  /** The leaf hashes of a bundle as its tile has them; what does not fit the entries is reported. */
  #checkBundle(index: number, width: number): string[] {
    const path = tilePath('entries', index, width);
    const tilePathOf = tilePath(0, index, width);
    const entries = this.#read(path, 0, index, () => readBundle(this.#folder, index, width));
    const digests = entries?.map(leafDigest);
    const tile = this.#read(tilePathOf, 0, index, () => readTile(this.#folder, 0, index, width));
    if (entries === undefined) this.#first_index = index * tile_width + width;
    entries?.forEach((entry, slot) => {
      const leaf = index * tile_width + slot;
      if (tile !== undefined && digests?.[slot] !== tile[slot])
        this.#report(path, `leaf ${leaf} does not have the hash that ${tilePathOf} has for it`);
      const wrong = this.#options.onEntry?.(entry, leaf);
      if (wrong !== undefined) this.#report(`leaf ${leaf}`, wrong);
    });
    return tile ?? digests ?? Array.from({ length: width }, () => pruned);
  }

  /** A full tile at `level` becomes one hash of the level above. */
  #raise(level: number, index: number): void {
    const hashes = this.#edge[level] ?? [];
    const above = this.#edge[level + 1] ?? [];
    this.#edge[level + 1] = above;
    above.push(hashes.includes(pruned) ? this.#storedRoot(level, index) : rootDigest(hashes));
    this.#edge[level] = [];
    if (above.length < tile_width) return;
    const tile = Math.floor(index / tile_width);
    this.#edge[level + 1] = this.#checkTile(level + 1, tile, above);
    this.#raise(level + 1, tile);
  }

  /** The hashes of a tile as it has them, compared with the roots of the tiles below. */
  #checkTile(level: number, index: number, below: string[]): string[] {
    const path = tilePath(level, index, below.length);
    const tile = this.#read(path, level, index, () => readTile(this.#folder, level, index, below.length));
    tile?.forEach((hash, slot) => {
      if (hash === below[slot]) return;
      const child = tilePath(level - 1, index * tile_width + slot, tile_width);
      this.#report(path, `hash ${slot} is not the root of ${child}`);
    });
    return tile ?? below;
  }

  /** The root of a tile that was pruned, as the tile above has it. */
  #storedRoot(level: number, index: number): string {
    const above = Math.floor(index / tile_width);
    const count = Math.floor(this.#signed.size / tile_width ** (level + 1));
    const width = Math.min(tile_width, count - above * tile_width);
    // What is wrong with the tile above is reported when its turn comes.
    const tile = attempt(
      '',
      () => undefined,
      () => readTile(this.#folder, level + 1, above, width),
    );
    return tile?.[index % tile_width] ?? pruned;
  }

  /** What a file holds; when it is not there, that is reported unless pruning allows it. */
  #read<Result>(path: string, level: number, index: number, read: () => Result): Result | undefined {
    const mayBeGone = (index + 1) * tile_width ** (level + 1) <= this.#minimum;
    if (mayBeGone && readFile(`${this.#folder}/${path}`) === undefined) return undefined;
    return attempt(path, this.#report, read);
  }
}

/** The root over what is left at each level: lower levels are the incomplete end of the one above. */
function rootOf(edge: readonly (readonly string[])[]): string {
  let end: readonly string[] = [];
  if (edge.some((hashes) => hashes.includes(pruned))) return pruned;
  for (const hashes of edge) {
    if (hashes.length + end.length > 0) end = [rootDigest([...hashes, ...end])];
  }
  return end[0] ?? rootDigest([]);
}

function compareRoot(known: Checkpoint, root: string, what: string, report: Report): void {
  if (known.root.toString('binary') === root) return;
  if (root === pruned) {
    report('checkpoint', `${what} of ${known.size} leaves cannot be compared: what it signs is pruned`);
    return;
  }
  report('checkpoint', `the ${known.size} leaves here do not have the root that ${what} signs`);
}

function requireEarlier(known: Checkpoint, signed: Checkpoint, report: Report): void {
  if (known.origin !== signed.origin) report('checkpoint', `the earlier checkpoint is of ${known.origin}`);
  if (known.size > signed.size) {
    report('checkpoint', `has ${signed.size} leaves; an earlier checkpoint signed ${known.size}`);
  }
}
