import { type Checkpoint, openCheckpoint, type OpenedCheckpoint } from '../verify/checkpoint.ts';
import { Malformed } from '../verify/malformed.ts';
import { leafDigest } from '../verify/merkle.ts';
import { parseVerifierKey } from '../verify/note.ts';
import { readBundle, tile_width } from '../verify/tiles.ts';
import { textOf } from './bundle-files.ts';
import type { Findings } from './findings.ts';
import { LeafChecker } from './leaves.ts';
import type { ManifestLog } from './manifest.ts';
import { SparseTree } from './sparse-tree.ts';

/** What the reader knows of a log from elsewhere. */
export interface KnownOfLog {
  /** Its key; without it the one in the bundle is used. */
  readonly vkey: string | undefined;
  /** Checkpoints of earlier exports, of this log and others: it must have grown from its own. */
  readonly earlier: readonly Checkpoint[];
}

export interface BundleLogReport {
  readonly checkpoint: OpenedCheckpoint;
  /** Losses that the log itself tells of. */
  readonly losses: readonly string[];
}

/** Is shown every leaf of the range in order, with its hash (hex), and says whether the filter selects it. */
type OnLeaf = (index: number, entry: Buffer, leaf_hash: string) => boolean;

/**
 * Checks one log of the bundle in `folder`: its signature, its growth, and every leaf of the range against the signed
 * tree. Returns undefined when it is not signed.
 */
export function checkLog(
  folder: string,
  named: ManifestLog,
  { vkey, earlier }: KnownOfLog,
  findings: Findings,
  onLeaf: OnLeaf,
): BundleLogReport | undefined {
  const where = `tlog/${named.log}`;
  const checkpoint = findings.attempt(where, () => openLog(folder, named.log, vkey));
  if (checkpoint === undefined) return undefined;
  if (checkpoint.size !== named.size || checkpoint.root.toString('hex') !== named.root) {
    findings.report(`${where}/checkpoint`, 'is not the one that the manifest names');
  }
  const losses = findings.attempt(where, () => {
    const tree = new SparseTree(`${folder}/${where}`, checkpoint);
    for (const known of earlier) checkGrowth(known, checkpoint, tree, findings);
    const entries = entriesOf(`${folder}/${where}`, named, checkpoint.size, tree);
    return checkRange(named, entries, findings, onLeaf);
  });
  return { checkpoint, losses: losses ?? [] };
}

function openLog(folder: string, log: string, trusted: string | undefined): OpenedCheckpoint {
  const vkey = trusted ?? textOf(folder, `keys/${log}.vkey`).trim();
  return openCheckpoint(Buffer.from(textOf(folder, `tlog/${log}/checkpoint`)), parseVerifierKey(vkey));
}

function checkGrowth(known: Checkpoint, now: OpenedCheckpoint, tree: SparseTree, findings: Findings): void {
  if (known.origin !== now.origin) return;
  const where = `tlog/${now.origin}`;
  if (known.size > now.size) {
    findings.report(where, `has ${now.size} leaves; an earlier checkpoint signed ${known.size}`);
    return;
  }
  const root = findings.attempt(where, () => tree.rootAt(known.size));
  if (root !== undefined && root !== known.root.toString('binary')) {
    findings.report(
      where,
      `did not grow from the earlier checkpoint of ${known.size} leaves: two histories were signed`,
    );
  }
}

interface RangeEntry {
  readonly index: number;
  readonly entry: Buffer;
  /** The leaf hash that the tree has there, binary. */
  readonly in_tree: string | undefined;
}

/** The entries of the range. @throws Malformed when the log does not have them, or not in a tree that can be believed. */
function* entriesOf(
  folder: string,
  { range_first, range_next }: ManifestLog,
  size: number,
  tree: SparseTree,
): Generator<RangeEntry> {
  if (range_first > range_next || range_next > size) throw new Malformed('its range is not within the log');
  for (let index = range_first; index < range_next; ) {
    const bundle = Math.floor(index / tile_width);
    const width = Math.min(tile_width, size - bundle * tile_width);
    const entries = readBundle(folder, bundle, width);
    const hashes = tree.leaves(bundle);
    for (; index < range_next && Math.floor(index / tile_width) === bundle; index += 1) {
      const slot = index % tile_width;
      yield { index, entry: entries[slot] ?? Buffer.alloc(0), in_tree: hashes[slot] };
    }
  }
}

/** Returns the losses that the leaves tell of. */
function checkRange(
  named: ManifestLog,
  entries: Iterable<RangeEntry>,
  findings: Findings,
  onLeaf: OnLeaf,
): readonly string[] {
  const { log } = named;
  // What leaves say about one another can be told from the first leaf on only.
  const leaves = named.range_first === 0 ? new LeafChecker(log) : undefined;
  const found = { matching: 0, other: 0 };
  for (const { index, entry, in_tree } of entries) {
    const where = `${log} leaf ${index}`;
    const digest = leafDigest(entry);
    if (digest !== in_tree) findings.report(where, 'is not what the tree has there');
    const wrong = leaves?.check(entry, index);
    if (wrong !== undefined) findings.report(where, wrong);
    const matching = onLeaf(index, entry, Buffer.from(digest, 'binary').toString('hex'));
    found[matching ? 'matching' : 'other'] += 1;
  }
  if (found.matching !== named.matching || found.other !== named.other) {
    findings.report('manifest.json', `says ${named.matching} of ${log} match, ${found.matching} do`);
  }
  return leaves?.losses ?? [];
}
