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
  /** Empty when the log is as it was signed. */
  readonly findings: readonly Finding[];
}

export interface VerifyLogOptions {
  readonly witnesses?: readonly VerifierKey[];
  /** How many of `witnesses` must have cosigned. */
  readonly quorum?: number;
  /** Checkpoints seen earlier, already opened: the log must have grown from each of them. */
  readonly earlier?: readonly Checkpoint[];
  /** Is shown every entry in order, and says what is wrong with it. */
  readonly onEntry?: (entry: Buffer, index: number) => string | undefined;
}

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
    return openCheckpoint(bytes, parseVerifierKey(vkey), options.witnesses ?? []);
  });
  if (opened === undefined) return { checkpoint: undefined, signatures: [], findings };
  const witnesses = opened.verified.filter(
    (signature) => options.witnesses?.includes(signature.key) === true,
  );
  if (witnesses.length < (options.quorum ?? 0)) {
    report('checkpoint', `${witnesses.length} witnesses cosigned it, ${options.quorum} must`);
  }
  verifyTree(folder, opened, options, report);
  return { checkpoint: opened, signatures: opened.verified, findings };
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

function verifyTree(folder: string, signed: Checkpoint, options: VerifyLogOptions, report: Report): void {
  /** At each level the hashes since the last full tile, as the level below has them. */
  const edge: string[][] = [[]];
  const earlier = [...(options.earlier ?? [])].sort((a, b) => a.size - b.size);
  for (const known of earlier) requireEarlier(known, signed, report);
  for (let index = 0; index * tile_width < signed.size; index += 1) {
    const width = Math.min(tile_width, signed.size - index * tile_width);
    const leaves = verifyBundle(folder, index, width, options.onEntry, report);
    for (const known of earlier) {
      const inside = known.size - index * tile_width;
      if (inside > 0 && inside <= width) {
        compareRoot(
          known,
          rootOf([leaves.slice(0, inside), ...edge.slice(1)]),
          'the earlier checkpoint',
          report,
        );
      }
    }
    edge[0] = leaves;
    if (width === tile_width) raise(folder, edge, 0, index, report);
  }
  edge.forEach((hashes, level) => {
    if (level > 0 && hashes.length > 0) {
      const index = Math.floor(signed.size / tile_width ** (level + 1));
      edge[level] = verifyTile(folder, level, index, hashes, report);
    }
  });
  compareRoot(signed, rootOf(edge), 'the checkpoint', report);
}

/** The leaf hashes of a bundle as its tile has them; what does not fit the entries is reported. */
function verifyBundle(
  folder: string,
  index: number,
  width: number,
  onEntry: VerifyLogOptions['onEntry'],
  report: Report,
): string[] {
  const path = tilePath('entries', index, width);
  const entries = attempt(path, report, () => readBundle(folder, index, width));
  const digests = entries?.map(leafDigest);
  const tile = attempt(tilePath(0, index, width), report, () => readTile(folder, 0, index, width));
  entries?.forEach((entry, slot) => {
    const leaf = index * tile_width + slot;
    if (tile !== undefined && digests?.[slot] !== tile[slot]) {
      report(path, `leaf ${leaf} does not have the hash that ${tilePath(0, index, width)} has for it`);
    }
    const wrong = onEntry?.(entry, leaf);
    if (wrong !== undefined) report(`leaf ${leaf}`, wrong);
  });
  return tile ?? digests ?? Array.from({ length: width }, () => '');
}

/** A full tile at `level` becomes one hash of the level above. */
function raise(folder: string, edge: string[][], level: number, index: number, report: Report): void {
  const above = edge[level + 1] ?? [];
  edge[level + 1] = above;
  above.push(rootDigest(edge[level] ?? []));
  edge[level] = [];
  if (above.length < tile_width) return;
  const tile = Math.floor(index / tile_width);
  edge[level + 1] = verifyTile(folder, level + 1, tile, above, report);
  raise(folder, edge, level + 1, tile, report);
}

/** The hashes of a tile as it has them, compared with the roots of the tiles below. */
function verifyTile(folder: string, level: number, index: number, below: string[], report: Report): string[] {
  const path = tilePath(level, index, below.length);
  const tile = attempt(path, report, () => readTile(folder, level, index, below.length));
  tile?.forEach((hash, slot) => {
    if (hash === below[slot]) return;
    const child = tilePath(level - 1, index * tile_width + slot, tile_width);
    report(path, `hash ${slot} is not the root of ${child}`);
  });
  return tile ?? below;
}

/** The root over what is left at each level: lower levels are the incomplete end of the one above. */
function rootOf(edge: readonly (readonly string[])[]): string {
  let end: readonly string[] = [];
  for (const hashes of edge) {
    if (hashes.length + end.length > 0) end = [rootDigest([...hashes, ...end])];
  }
  return end[0] ?? rootDigest([]);
}

function compareRoot(known: Checkpoint, root: string, what: string, report: Report): void {
  if (known.root.toString('binary') === root) return;
  report('checkpoint', `the ${known.size} leaves here do not have the root that ${what} signs`);
}

function requireEarlier(known: Checkpoint, signed: Checkpoint, report: Report): void {
  if (known.origin !== signed.origin) report('checkpoint', `the earlier checkpoint is of ${known.origin}`);
  if (known.size > signed.size) {
    report('checkpoint', `has ${signed.size} leaves; an earlier checkpoint signed ${known.size}`);
  }
}
