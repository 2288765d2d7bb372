import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { columns } from '../evidence/csv.ts';
import type { FileDigest } from './output-file.ts';

/** Rows kept in memory until they are written. */
const row_group_rows = 2_000;

/** Writes `records.parquet`: the columns of `records.csv`, all text, group by group. */
export class ParquetFile {
  readonly #path: string;
  readonly #writer: ParquetWriter;
  #rows: string[][] = [];

  constructor(path: string) {
    this.#path = path;
    const schema = schemaFromColumnData({ columnData: columnData([]) });
    this.#writer = new ParquetWriter({ writer: fileWriter(path), schema, createdBy: 'breakwater' });
  }

  async write(row: string[]): Promise<void> {
    this.#rows.push(row);
    if (this.#rows.length >= row_group_rows) await this.#flush();
  }

  async close(): Promise<FileDigest> {
    await this.#flush();
    await this.#writer.finish();
    return digestFile(this.#path);
  }

  async #flush(): Promise<void> {
    if (this.#rows.length === 0) return;
    await this.#writer.write({ columnData: columnData(this.#rows), rowGroupSize: row_group_rows });
    this.#rows = [];
  }
}

function columnData(rows: readonly (readonly string[])[]) {
  return columns.map((name, index) => ({
    name,
    data: rows.map((row) => row[index] ?? ''),
    type: 'STRING' as const,
    nullable: false,
  }));
}

/** Length and SHA-256 of a file, read piece by piece. */
export function digestFile(path: string): FileDigest {
  const digest = createHash('sha256');
  const descriptor = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(1024 * 1024);
    let bytes = 0;
    for (let read = readSync(descriptor, chunk); read > 0; read = readSync(descriptor, chunk)) {
      digest.update(chunk.subarray(0, read));
      bytes += read;
    }
    return { bytes, sha256: digest.digest('hex') };
  } finally {
    closeSync(descriptor);
  }
}
