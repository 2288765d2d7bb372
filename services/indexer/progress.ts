import type { StreamBatch } from '#shared/kafka/port.ts';
import { progressIndex } from '#shared/search/names.ts';
import type { SearchSink, SearchWrite } from '#shared/search/port.ts';

interface Position {
  /** The offset after the last batch seen here. */
  readonly next: bigint;
  /** Records before this offset may have been written in an earlier life. */
  readonly replayed_until: bigint;
}

/**
 * Knows which records may have been indexed before: after a restart, a rebalance, or a reset of the consumer group.
 * Each batch of a partition leaves its end as the version of one document, so that the search engine itself remembers
 * how far it was filled; an older mark never replaces a newer one.
 */
export class Progress {
  readonly #sink: Pick<SearchSink, 'versions'>;
  readonly #index: string;
  readonly #records_unmarked_max: bigint;
  readonly #positions = new Map<string, Position>();

  /**
   * @param batch_records_max batches of one partition are written one after the other, and each leaves a mark: what
   *   lies this far beyond the mark may have been written by a batch that did not live to leave its own
   */
  constructor(sink: Pick<SearchSink, 'versions'>, namespace: string, batch_records_max: number) {
    this.#sink = sink;
    this.#records_unmarked_max = BigInt(batch_records_max);
    this.#index = progressIndex(namespace);
  }

  /** @throws BW_SEARCH_UNAVAILABLE */
  async isReplayed(batch: StreamBatch): Promise<boolean> {
    const { first, next } = rangeOf(batch);
    const id = idOf(batch);
    const known = this.#positions.get(id);
    const replayed_until = known?.next === first ? known.replayed_until : await this.#readMark(id);
    this.#positions.set(id, { next, replayed_until });
    return first < replayed_until;
  }

  /** Goes out with the documents of the batch. */
  mark(batch: StreamBatch): SearchWrite {
    const { next } = rangeOf(batch);
    const document = JSON.stringify({
      topic: batch.topic,
      partition: batch.partition,
      offset: String(next),
    });
    return { index: this.#index, id: idOf(batch), action: 'put', version: next, document };
  }

  /** Without a mark nothing was written, or a first batch did not live to leave it. */
  async #readMark(id: string): Promise<bigint> {
    const [mark = 0n] = await this.#sink.versions(this.#index, [id]);
    return mark + this.#records_unmarked_max;
  }
}

function idOf({ topic, partition }: StreamBatch): string {
  return `${topic}-${partition}`;
}

/** Batches are never empty. */
function rangeOf({ records }: StreamBatch): { readonly first: bigint; readonly next: bigint } {
  return { first: records[0]?.offset ?? 0n, next: (records.at(-1)?.offset ?? -1n) + 1n };
}
