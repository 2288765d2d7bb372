import { join } from 'node:path';
import { listLogs } from '#shared/ledger/evidence/ledger.ts';
import { minimumIndexOf } from '#shared/ledger/evidence/minimum-index.ts';
import { SparseTree } from '#shared/ledger/evidence/sparse-tree.ts';
import { createNoteSigner } from '#shared/ledger/note.ts';
import { type KeySource, rotationFolder } from '#shared/ledger/rotation/signing-keys.ts';
import { tile_width } from '#shared/ledger/tile-path.ts';
import { type Checkpoint, openCheckpoint } from '#shared/ledger/verify/checkpoint.ts';
import { keysOfChain, readRotations } from '#shared/ledger/verify/key-chain.ts';
import { Malformed } from '#shared/ledger/verify/malformed.ts';
import { leafDigest } from '#shared/ledger/verify/merkle.ts';
import { parseVerifierKey } from '#shared/ledger/verify/note.ts';
import { readBundle, readFile } from '#shared/ledger/verify/tiles.ts';

export interface SelfCheckOptions {
  /** The ledger directory. */
  readonly directory: string;
  /** Origins are `<origin>/<log>`. */
  readonly origin: string;
  readonly keys: KeySource;
  readonly now_ms: () => number;
}

/** A stretch of leaves that is not what was signed. */
export interface Damage {
  readonly log: string;
  readonly index_first: number;
  readonly index_next: number;
  readonly what: string;
}

/** Bundles of each log that one look reads: 4,096 leaves take some ten milliseconds. */
const bundles_max = 16;
/** Damaged stretches that are remembered, so that each is told once. */
const told_max = 10_000;

/**
 * Verifies the published ledger again and again, a stretch at a time, with the key that signs it: signature, root, the
 * tiles that lead to it, and every entry. What somebody changed on the disk is found without anybody asking.
 */
export class SelfCheck {
  readonly #options: SelfCheckOptions;
  /** Next bundle to look at, by log. */
  readonly #next = new Map<string, number>();
  readonly #told = new Set<string>();

  constructor(options: SelfCheckOptions) {
    this.#options = options;
  }

  /** Looks at the next stretch of every log; returns what is wrong and was not told before. */
  look(): Damage[] {
    const found = listLogs(this.#options.directory).flatMap((log) => this.#lookAt(log));
    const news = found.filter((damage) => !this.#told.has(JSON.stringify(damage)));
    if (this.#told.size + news.length > told_max) this.#told.clear();
    for (const damage of news) this.#told.add(JSON.stringify(damage));
    return news;
  }

  #lookAt(log: string): Damage[] {
    const folder = join(this.#options.directory, log);
    const pruned = Math.floor(minimumIndexOf(this.#options.directory, log) / tile_width);
    try {
      const checkpoint = this.#open(log);
      const tree = new SparseTree(folder, checkpoint);
      const bundles = Math.ceil(checkpoint.size / tile_width);
      const next = this.#next.get(log) ?? 0;
      const first = Math.max(pruned, next < bundles ? next : 0);
      const end = Math.min(bundles, first + bundles_max);
      this.#next.set(log, end);
      const damages: Damage[] = [];
      for (let bundle = first; bundle < end; bundle += 1)
        damages.push(...lookAtBundle(log, folder, tree, bundle, checkpoint.size));
      return damages;
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      return [{ log, index_first: 0, index_next: 0, what: error.message }];
    }
  }

  #open(log: string): Checkpoint {
    const { directory, origin, keys, now_ms } = this.#options;
    const bytes = readFile(join(directory, log, 'checkpoint'));
    if (bytes === undefined) throw new Malformed('the checkpoint is missing');
    const own = parseVerifierKey(createNoteSigner(`${origin}/${log}`, keys(now_ms()).current).vkey);
    return openCheckpoint(bytes, own, [], keysOfChain(readRotations(rotationFolder(directory)), own));
  }
}

function lookAtBundle(log: string, folder: string, tree: SparseTree, bundle: number, size: number): Damage[] {
  const index_first = bundle * tile_width;
  const width = Math.min(tile_width, size - index_first);
  const damage = (first: number, next: number, what: string): Damage => ({
    log,
    index_first: first,
    index_next: next,
    what,
  });
  try {
    const hashes = tree.leaves(bundle);
    return readBundle(folder, bundle, width).flatMap((entry, slot) =>
      leafDigest(entry) === hashes[slot]
        ? []
        : [damage(index_first + slot, index_first + slot + 1, 'is not the leaf that was signed')],
    );
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return [damage(index_first, index_first + width, error.message)];
  }
}
