import type { SearchOutcome } from './port.ts';

const written: SearchOutcome = { kind: 'written' };
const duplicate: SearchOutcome = { kind: 'duplicate' };

interface Row {
  readonly version: bigint;
  /** Undefined once removed: the version must outlive the document, or an old `put` would bring it back. */
  readonly document: string | undefined;
}

/** The final state of an index under external versions, whatever the order of the writes. */
export class Table {
  readonly #rows = new Map<string, Row>();

  get size(): number {
    return this.#rows.size;
  }

  write(id: string, version: bigint, document: string | undefined): SearchOutcome {
    const row = this.#rows.get(id);
    if (row !== undefined && row.version >= version) return duplicate;
    this.#rows.set(id, { version, document });
    return written;
  }

  version(id: string): bigint | undefined {
    const row = this.#rows.get(id);
    return row?.document === undefined ? undefined : row.version;
  }

  /** What is there, in order of the ids. */
  documents(): readonly (readonly [id: string, document: string])[] {
    return [...this.#rows]
      .flatMap(([id, { document }]) => (document === undefined ? [] : [[id, document] as const]))
      .toSorted(([a], [b]) => (a < b ? -1 : 1));
  }
}
