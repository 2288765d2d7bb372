import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BreakwaterError } from '#shared/errors/error.ts';
import { singleLine } from '../bulk/item.ts';
import type { SearchOutcome, SearchSink, SearchWrite } from '../port.ts';
import { Table } from '../table.ts';
import { LineFile } from './line-file.ts';

/** A JavaScript set holds 2^24 values. */
const documents_max = 16_000_000;
const suffix = '.ndjson';

const written: SearchOutcome = { kind: 'written' };
const duplicate: SearchOutcome = { kind: 'duplicate' };

/** The file of an index or data stream: `logs-falco.alerts-breakwater.ndjson`. */
export function fileName(index: string): string {
  return `${index}${suffix}`;
}

/** One file an index. */
interface Log {
  readonly file: LineFile;
  readonly ids: Set<string>;
}

/**
 * NDJSON files in one folder: what is created is appended at once, what is put or removed is kept until `refresh` or
 * `close` and written as the final state, sorted by id. Equal writes give equal files.
 */
export function createFileSink(folder: string): SearchSink {
  const logs = new Map<string, Log>();
  const tables = new Map<string, Table>();
  let closed = false;

  function writeOne(write: SearchWrite): SearchOutcome {
    if (!isFileName(write.index)) {
      return { kind: 'rejected', reason: 'invalid_index_name', detail: write.index.slice(0, 100) };
    }
    if (write.action === 'create') return create(write);
    if (write.version === undefined) throw new TypeError(`${write.action} of ${write.id} needs a version`);
    const table = tables.get(write.index) ?? new Table();
    tables.set(write.index, table);
    if (table.size >= documents_max) throw full(write.index);
    return table.write(write.id, write.version, write.document);
  }

  function create({ index, id, document }: SearchWrite): SearchOutcome {
    if (document === undefined) throw new TypeError(`create of ${id} needs a document`);
    const { file, ids } = logs.get(index) ?? openLog(index);
    if (ids.has(id)) return duplicate;
    if (ids.size >= documents_max) throw full(index);
    ids.add(id);
    file.writeLine(singleLine(document));
    return written;
  }

  function openLog(index: string): Log {
    const log = { file: new LineFile(join(folder, fileName(index))), ids: new Set<string>() };
    logs.set(index, log);
    return log;
  }

  /** A reader never sees half a table. */
  function writeTable(index: string, table: Table): void {
    const path = join(folder, fileName(index));
    const partial = `${path}.partial`;
    rmSync(partial, { force: true });
    const file = new LineFile(partial);
    for (const [, document] of table.documents()) file.writeLine(singleLine(document));
    file.close();
    renameSync(partial, path);
  }

  function refresh(): void {
    for (const { file } of logs.values()) file.flush();
    for (const [index, table] of tables) writeTable(index, table);
  }

  return {
    write: async (writes) => {
      if (closed) throw new BreakwaterError('BW_SEARCH_CLOSED', 'The file sink was closed.');
      return writes.map(writeOne);
    },
    versions: (index, ids) => Promise.resolve(ids.map((id) => tables.get(index)?.version(id))),
    prepare: async () => prepareFolder(folder),
    refresh: async () => refresh(),
    describe: () => Promise.resolve(`files in ${folder}`),
    close: async () => {
      if (closed) return;
      closed = true;
      refresh();
      for (const { file } of logs.values()) file.close();
    },
  };
}

/** Names that Elasticsearch would take, and that stay within the folder. */
function isFileName(index: string): boolean {
  return /^[a-z0-9][a-z0-9._@-]{0,249}$/.test(index);
}

/** Evidence of an earlier run is never mixed with, or replaced by, that of this one. */
function prepareFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const earlier = readdirSync(folder).filter((name) => name.endsWith(suffix));
  if (earlier.length === 0) return;
  const names = earlier.slice(0, 5).join(', ');
  throw new BreakwaterError('BW_SEARCH_FOLDER_IN_USE', `${folder} holds ${names}`, { files: earlier.length });
}

function full(index: string): BreakwaterError {
  return new BreakwaterError('BW_SEARCH_FILE_FULL', `${fileName(index)} holds ${documents_max} documents`);
}
