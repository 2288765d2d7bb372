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
  /** The id of every stored document; twice, if it is stored in two backing indices. */
  ids(index: string): readonly string[];
  /** Starts a new backing index: as with Elasticsearch, only the newest one knows the ids of its own accord. */
  rollOver(stream: string): void;
}

/** For tests and embedded runs: what Elasticsearch keeps, in the memory of this process. */
export function createMemorySink({ refuses = () => undefined }: MemoryOptions = {}): MemorySink {
  /** The backing indices of each data stream, oldest first. */
  const streams = new Map<string, Map<string, string>[]>();
  const tables = new Map<string, Table>();
  let closed = false;

  function store(write: SearchWrite, document: string | undefined, replayed: boolean): SearchOutcome {
    if (write.action === 'create') return create(write, document ?? '', replayed);
    const table = tables.get(write.index) ?? new Table();
    tables.set(write.index, table);
    if (write.version === undefined) throw new TypeError(`${write.action} of ${write.id} needs a version`);
    return table.write(write.id, write.version, document);
  }

  function create({ index, id }: SearchWrite, document: string, replayed: boolean): SearchOutcome {
    const backing = backingOf(index);
    const known = replayed ? backing : backing.slice(-1);
    if (known.some((part) => part.has(id))) return { kind: 'duplicate' };
    backing.at(-1)?.set(id, document);
    return { kind: 'written' };
  }

  function backingOf(stream: string): Map<string, string>[] {
    const backing = streams.get(stream) ?? [new Map<string, string>()];
    streams.set(stream, backing);
    return backing;
  }

  function stored(index: string): readonly (readonly [id: string, document: string])[] {
    const created = streams.get(index)?.flatMap((part) => [...part]) ?? [];
    return [...created, ...(tables.get(index)?.documents() ?? [])];
  }

  function writeOne(write: SearchWrite, replayed: boolean): SearchOutcome {
    const refusal = write.document === undefined ? undefined : refuses(write.document);
    if (refusal === undefined) return store(write, write.document, replayed);
    const safe = write.safe_document?.();
    if (safe === undefined || refuses(safe) !== undefined) return { kind: 'rejected', ...refusal };
    const outcome = store(write, safe, replayed);
    return outcome.kind === 'written' ? { kind: 'degraded', ...refusal } : outcome;
  }

  return {
    write: async (writes, { replayed = false } = {}) => {
      if (closed) throw new BreakwaterError('BW_SEARCH_CLOSED', 'The memory sink was closed.');
      return writes.map((write) => writeOne(write, replayed));
    },
    versions: (index, ids) => Promise.resolve(ids.map((id) => tables.get(index)?.version(id))),
    prepare: () => Promise.resolve(),
    refresh: () => Promise.resolve(),
    describe: () => Promise.resolve('memory'),
    close: () => {
      closed = true;
      return Promise.resolve();
    },
    documents: (index) => new Map(stored(index)),
    ids: (index) => stored(index).map(([id]) => id),
    rollOver: (stream) => {
      backingOf(stream).push(new Map());
    },
  };
}
