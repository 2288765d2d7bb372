import { Malformed } from '../verify/malformed.ts';
import { readBundle, readFile, tile_width } from '../verify/tiles.ts';
import { Erasures, erasureTypes } from './erasures.ts';
import { covers, coversPlace, type HoldScope, isUnconditional, scopeOf } from './hold-scope.ts';
import type { LeafView } from './filter.ts';
import { parseLeafView } from './leaf-view.ts';
import type { CheckedLeaf } from './leaf-text.ts';
import { minimumIndexOf } from './minimum-index.ts';
import { parseRanges } from './ranges.ts';

/**
 * What the leaves of a ledger say about the end of records: which bodies were destroyed, which leaves pruned, and what
 * was under a legal hold at that time. To be shown the leaves of all logs, each tenant's in the order of its quarters.
 */
export class LifecycleChecker {
  readonly #directory: string;
  /** By tenant (the beginning of its logs' names), then by hold. */
  readonly #holds = new Map<string, Map<string, HoldScope>>();
  readonly #pruned = new Map<string, number>();
  readonly erasures = new Erasures();
  /** The bundle looked at last. */
  #bundle: { readonly log: string; readonly index: number; readonly entries: readonly Buffer[] } | undefined;

  /** `directory` is the ledger's, where erased leaves are looked up. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** What is wrong with a leaf of `log`; undefined when nothing is. */
  note(log: string, leaf: CheckedLeaf): string | undefined {
    const { type } = leaf;
    if (!type.startsWith('hold.') && !type.startsWith('retention.') && !erasureTypes.has(type))
      return undefined;
    const { facts } = leaf;
    const tenant = log.slice(0, log.lastIndexOf('-'));
    const holds = this.#holds.get(tenant) ?? new Map<string, HoldScope>();
    this.#holds.set(tenant, holds);
    const hold = facts['hold'] ?? '';
    if (type === 'hold.placed') holds.set(hold, scopeOf(facts));
    if (type === 'hold.released') holds.delete(hold);
    if (erasureTypes.has(type)) {
      this.erasures.note({ type, facts });
      return this.#checkErased(holds, facts['log'] ?? log, facts['leaves'] ?? '');
    }
    return type === 'retention.pruned' ? this.#checkPruned(holds, facts) : undefined;
  }

  /** How far the leaves allow a log to be pruned. */
  prunedTo(log: string): number {
    return this.#pruned.get(log) ?? 0;
  }

  #checkErased(holds: ReadonlyMap<string, HoldScope>, log: string, leaves: string): string | undefined {
    if (holds.size === 0) return undefined;
    const pruned_to = minimumIndexOf(this.#directory, log);
    for (const [first, next] of parseRanges(leaves)) {
      // What is pruned by now cannot be looked at any more.
      for (let index = Math.max(first, pruned_to); index < next; index += 1) {
        const leaf = this.#leafAt(log, index);
        if (leaf === undefined)
          return `says that leaf ${index} of ${log} lost its body, and there is no such leaf`;
        for (const [hold, scope] of holds) {
          if (covers(scope, log, index, leaf)) return `erases leaf ${index} of ${log} under the hold ${hold}`;
        }
      }
    }
    return undefined;
  }

  /** Leaves that are gone can be judged by their place alone. */
  #checkPruned(holds: ReadonlyMap<string, HoldScope>, facts: CheckedLeaf['facts']): string | undefined {
    const { log = '', minimum_index = '0' } = facts;
    const pruned_to = Math.max(this.prunedTo(log), Number(minimum_index));
    const from = this.prunedTo(log);
    this.#pruned.set(log, pruned_to);
    for (const [hold, scope] of holds) {
      const first = Math.max(from, Number(scope.index_first ?? 0));
      if (isUnconditional(scope) && first < pruned_to && coversPlace(scope, log, first))
        return `prunes ${log} under the hold ${hold}`;
    }
    return undefined;
  }

  #leafAt(log: string, index: number): LeafView | undefined {
    const bundle = Math.floor(index / tile_width);
    if (this.#bundle?.log !== log || this.#bundle.index !== bundle)
      this.#bundle = { log, index: bundle, entries: this.#entriesOf(log, bundle) };
    const entry = this.#bundle.entries[index % tile_width];
    return entry && parseLeafView(entry.toString());
  }

  #entriesOf(log: string, bundle: number): Buffer[] {
    const folder = `${this.#directory}/${log}`;
    const size = Number(readFile(`${folder}/checkpoint`)?.toString().split('\n')[1] ?? 0);
    try {
      return readBundle(folder, bundle, Math.min(tile_width, size - bundle * tile_width));
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      return [];
    }
  }
}
