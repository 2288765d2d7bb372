import { Malformed } from '../verify/malformed.ts';
import type { Listings, ListedLeaf } from './bundle-listings.ts';
import { Erasures } from './erasures.ts';
import { differsFrom } from './exported-body.ts';
import { createMatcher, type Matcher } from './filter.ts';
import type { Findings } from './findings.ts';
import { parseLeafView } from './leaf-view.ts';
import type { Manifest } from './manifest.ts';

/**
 * What manifest and listings of a bundle say of its leaves, against the leaves themselves: the filter is applied again to
 * each, those that match are listed and counted, and no body is gone or export made without a leaf that says so.
 */
export class BundleLeaves {
  readonly #manifest: Manifest;
  readonly #listings: Listings;
  readonly #findings: Findings;
  readonly #matches: Matcher;
  /** Matching leaves of each type. */
  readonly #counts = new Map<string, number>();
  readonly #bodies = { open: 0, redacted: 0, erased: 0 };
  readonly #erasures = new Erasures();
  #requested = false;

  constructor(manifest: Manifest, listings: Listings, findings: Findings) {
    this.#manifest = manifest;
    this.#listings = listings;
    this.#findings = findings;
    this.#matches = createMatcher(manifest.filter);
  }

  /**
   * Takes the leaves of all logs, in the order of the manifest; `leaf_hash` is hex. Returns whether the leaf matches.
   * @throws Malformed when a listing does not have it where it must be; what follows cannot be read in step then.
   */
  check(log: string, index: number, entry: Buffer, leaf_hash: string): boolean {
    const text = entry.toString();
    const view = parseLeafView(text);
    if (view === undefined) throw new Malformed(`leaf ${index} is not a leaf of Breakwater`);
    if (view.type === 'export.requested' && view.facts['export'] === this.#manifest.id)
      this.#requested = true;
    this.#erasures.note(view);
    const matching = this.#matches(view, text);
    const leaf: ListedLeaf = { log, index, leaf_hash, text, view };
    this.#listings.requireIndexed(leaf, matching);
    if (matching) this.#checkMatching(leaf);
    return matching;
  }

  /** After the last leaf: whether the listings end too, and all adds up. */
  end(): void {
    this.#listings.checkEnds(this.#findings);
    this.#checkCounts();
    this.#checkBodyCounts();
    for (const { log, index } of this.#erasures.unsupported()) {
      this.#findings.report(`body of ${log} leaf ${index}`, 'is called erased, and no leaf says that it was');
    }
    if (!this.#requested) {
      this.#findings.report('records', `no leaf says that the export ${this.#manifest.id} was requested`);
    }
  }

  #checkMatching(leaf: ListedLeaf): void {
    const { type, body } = leaf.view;
    this.#counts.set(type, (this.#counts.get(type) ?? 0) + 1);
    this.#listings.requireShown(leaf);
    if (body !== undefined && this.#manifest.bodies.policy !== 'none') this.#checkBody(leaf, body.commitment);
  }

  #checkBody(leaf: ListedLeaf, commitment: string): void {
    const { log, index } = leaf;
    const body = this.#listings.takeBody(leaf);
    this.#bodies[body.status] += 1;
    if (body.status === 'erased') this.#erasures.claim(log, index);
    if (differsFrom(body, commitment)) {
      this.#findings.report(`body of ${log} leaf ${index}`, 'is not the body that the leaf commits to');
    }
  }

  #checkCounts(): void {
    const found = sortedText([...this.#counts]);
    const named = sortedText(Object.entries(this.#manifest.counts));
    if (found !== named) this.#findings.report('manifest.json', `counts ${named}, found ${found}`);
  }

  #checkBodyCounts(): void {
    for (const status of ['open', 'redacted', 'erased'] as const) {
      const [named, found] = [this.#manifest.bodies[status], this.#bodies[status]];
      if (named !== found) {
        this.#findings.report('manifest.json', `says ${named} bodies are ${status}, ${found} are`);
      }
    }
  }
}

/** JSON of counts by name. */
function sortedText(counts: readonly (readonly [string, number])[]): string {
  return JSON.stringify(Object.fromEntries(counts.toSorted(([a], [b]) => (a < b ? -1 : 1))));
}
