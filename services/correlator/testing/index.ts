import { decodeAny } from '#shared/avro/codecs.ts';
import type { MemoryStream } from '#shared/kafka/memory/stream.ts';
import type { StreamRecord } from '#shared/kafka/port.ts';

interface Versioned {
  readonly version: bigint;
  readonly status: string;
  readonly document: string | undefined;
}

/** A search index with external versions: a write counts only when its version is higher than what is stored. */
export class VersionedIndex {
  readonly #incidents = new Map<string, Versioned>();
  readonly #rows = new Map<string, Versioned>();

  take({ value }: Pick<StreamRecord, 'value'>): void {
    if (value === undefined) return;
    const record = decodeAny(value);
    if (record.type === 'Incident') {
      const { id, write_version: version, status, document } = record.value;
      put(this.#incidents, id, { version, status, document });
    }
    if (record.type === 'TimelineEntry') {
      const { event_id, write_version: version, document } = record.value;
      put(this.#rows, event_id, { version, status: '', document: document ?? undefined });
    }
  }

  /** Incidents that are shown. */
  shown(): ReadonlyMap<string, { readonly status: string; readonly document: string }> {
    const shown = new Map<string, { status: string; document: string }>();
    for (const [id, { status, document }] of this.#incidents) {
      if (status !== 'merged' && status !== 'candidate' && document !== undefined)
        shown.set(id, { status, document });
    }
    return shown;
  }

  timeline(): ReadonlyMap<string, string> {
    const rows = new Map<string, string>();
    for (const [id, { document }] of this.#rows) if (document !== undefined) rows.set(id, document);
    return rows;
  }
}

function put(index: Map<string, Versioned>, id: string, write: Versioned): void {
  const stored = index.get(id);
  if (stored === undefined || write.version > stored.version) index.set(id, write);
}

/** What an index holds that took all the output, from every run. */
export async function readIndex(stream: MemoryStream): Promise<VersionedIndex> {
  const index = new VersionedIndex();
  const total = (await stream.offsets('incidents')).reduce((sum, { high }) => sum + high, 0n);
  let taken = 0n;
  const reader = stream.reader({
    group: 'index',
    topics: ['incidents'],
    batch_records_max: 10_000,
    commit: 'manual',
    positions: (all) => Promise.resolve(all.map((each) => ({ ...each, offset: 0n }))),
    onGap: () => undefined,
  });
  await reader.start(async ({ records }) => {
    for (const record of records) index.take(record);
    taken += BigInt(records.length);
  });
  while (taken < total) await new Promise(setImmediate);
  await reader.stop();
  return index;
}
