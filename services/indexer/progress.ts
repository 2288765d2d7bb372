import type { StreamBatch } from '#shared/kafka/port.ts';
import { progressIndex } from '#shared/search/names.ts';
import type { SearchSink, SearchWrite } from '#shared/search/port.ts';

/** A mark costs the search engine a synchronous write of its own; so only every few batches leave one. */
const batches_between_marks = 8;

interface Position {
  /** The offset after the last batch seen here. */
  readonly next: bigint;
  /** Records before this offset may have been written in an earlier life. */
  readonly replayed_until: bigint;
  /** The offset of the last mark that was left here; undefined before the first. */
  readonly marked: bigint | undefined;
}

/**
 * Knows which records may have been indexed before: after a restart, a rebalance, or a reset of the consumer group.
 * Batches of a partition leave their end as the version of one document, so that the search engine itself remembers
 * how far it was filled; an older mark never replaces a newer one.
 */
export class Progress {
  readonly #sink: Pick<SearchSink, 'versions'>;
  readonly #index: string;
  readonly #batch_records_max: bigint;
  readonly #records_between_marks: bigint;
  readonly #records_unmarked_max: bigint;
  readonly #positions = new Map<string, Position>();

  /**
   * @param batch_records_max batches of one partition are written one after the other: what lies more than the records
   *   between two marks and one batch beyond the last mark was not written by a process that died
   */
  constructor(sink: Pick<SearchSink, 'versions'>, namespace: string, batch_records_max: number) {
    this.#sink = sink;
    this.#index = progressIndex(namespace);
    this.#batch_records_max = BigInt(batch_records_max);
    this.#records_between_marks = BigInt(batch_records_max * batches_between_marks);
    this.#records_unmarked_max = this.#records_between_marks + this.#batch_records_max;
  }

  /** @throws BW_SEARCH_UNAVAILABLE */
  async isReplayed(batch: StreamBatch): Promise<boolean> {
    const { first, next } = rangeOf(batch);
    const id = idOf(batch);
    const known = this.#positions.get(id);
    const position =
      known?.next === first ? known : { replayed_until: await this.#readMark(id), marked: undefined };
    this.#positions.set(id, { ...position, next });
    return first < position.replayed_until;
  }

  /** Goes out with the documents of the batch, when it is time for one: the first batch, and then every few. */
  mark(batch: StreamBatch): readonly SearchWrite[] {
    const { next } = rangeOf(batch);
    const id = idOf(batch);
    const known = this.#positions.get(id);
    const isDue = known?.marked === undefined || next - known.marked >= this.#records_between_marks;
    if (!isDue) return [];
    if (known !== undefined) this.#positions.set(id, { ...known, marked: next });
    const document = JSON.stringify({
      topic: batch.topic,
      partition: batch.partition,
      offset: String(next),
    });
    return [{ index: this.#index, id, action: 'put', version: next, document }];
  }

  /** Without a mark nothing was written, or a first batch that did not live to leave it. */
  async #readMark(id: string): Promise<bigint> {
    const [mark] = await this.#sink.versions(this.#index, [id]);
    return mark === undefined ? this.#batch_records_max : mark + this.#records_unmarked_max;
  }
}

function idOf({ topic, partition }: StreamBatch): string {
  return `${topic}-${partition}`;
}

/** Batches are never empty. */
function rangeOf({ records }: StreamBatch): { readonly first: bigint; readonly next: bigint } {
  return { first: records[0]?.offset ?? 0n, next: (records.at(-1)?.offset ?? -1n) + 1n };
}
