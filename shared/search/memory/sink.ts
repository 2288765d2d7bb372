import { BreakwaterError } from '#shared/errors/error.ts';
import type { Refusal, SearchOutcome, SearchSink, SearchWrite } from '../port.ts';
import { Table } from '../table.ts';

export interface MemoryOptions {
  /** Plays a search engine that refuses documents, by their text. */
  readonly refuses?: (document: string) => Refusal | undefined;
}

export interface MemorySink extends SearchSink {
  /** What an index or data stream holds, by id; creates in order of arrival. */
  documents(index: string): ReadonlyMap<string, string>;
}

/** For tests and embedded runs. */
export function createMemorySink({ refuses = () => undefined }: MemoryOptions = {}): MemorySink {
  const logs = new Map<string, Map<string, string>>();
  const tables = new Map<string, Table>();
  let closed = false;

  function store(write: SearchWrite, document: string | undefined): SearchOutcome {
    if (write.action === 'create') return create(write, document ?? '');
    const table = tables.get(write.index) ?? new Table();
    tables.set(write.index, table);
    if (write.version === undefined) throw new TypeError(`${write.action} of ${write.id} needs a version`);
    return table.write(write.id, write.version, document);
  }

  function create({ index, id }: SearchWrite, document: string): SearchOutcome {
    const log = logs.get(index) ?? new Map<string, string>();
    logs.set(index, log);
    if (log.has(id)) return { kind: 'duplicate' };
    log.set(id, document);
    return { kind: 'written' };
  }

  function writeOne(write: SearchWrite): SearchOutcome {
    const refusal = write.document === undefined ? undefined : refuses(write.document);
    if (refusal === undefined) return store(write, write.document);
    const safe = write.safe_document?.();
    if (safe === undefined || refuses(safe) !== undefined) return { kind: 'rejected', ...refusal };
    const outcome = store(write, safe);
    return outcome.kind === 'written' ? { kind: 'degraded', ...refusal } : outcome;
  }

  return {
    write: async (writes) => {
      if (closed) throw new BreakwaterError('BW_SEARCH_CLOSED', 'The memory sink was closed.');
      return writes.map(writeOne);
    },
    versions: (index, ids) => Promise.resolve(ids.map((id) => tables.get(index)?.version(id))),
    prepare: () => Promise.resolve(),
    refresh: () => Promise.resolve(),
    describe: () => Promise.resolve('memory'),
    close: () => {
      closed = true;
      return Promise.resolve();
    },
    documents: (index) => logs.get(index) ?? new Map(tables.get(index)?.documents()),
  };
}
