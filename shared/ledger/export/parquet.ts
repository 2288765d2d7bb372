import { join } from 'node:path';
import { fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { columns, rowOf } from '../evidence/csv.ts';
import { listedLeaves } from './listed-leaves.ts';

/** Rows kept in memory until they are written. */
const row_group_rows = 2_000;
/** Columns of few different values, which a dictionary makes small; the values of the others are written as they are. */
const repeated: ReadonlySet<string> = new Set(['log', 'type', 'outcome', 'producer', 'tenant']);
/** Hashes, which nothing makes smaller. */
const incompressible: ReadonlySet<string> = new Set(['leaf_hash', 'body_commitment']);

/** The rows that the listings of a bundle have, as all formats show them, one by one. */
export function* listedRows(folder: string): Generator<string[]> {
  for (const { log, index, leaf_hash, leaf } of listedLeaves(folder))
    yield rowOf(log, index, leaf_hash, leaf);
}

/** Writes `records.parquet` from the other listings: the columns of `records.csv`, all text, group by group. */
export async function writeParquet(folder: string): Promise<void> {
  const schema = schemaFromColumnData({ columnData: columnData([]) });
  const writer = new ParquetWriter({
    writer: fileWriter(join(folder, 'records.parquet')),
    schema,
    createdBy: 'breakwater',
    // Least and greatest values help who looks for rows; an export is read as a whole.
    statistics: false,
  });
  let rows: string[][] = [];
  const flush = async (): Promise<void> => {
    if (rows.length > 0) await writer.write({ columnData: columnData(rows), rowGroupSize: row_group_rows });
    rows = [];
  };
  for (const row of listedRows(folder)) {
    rows.push(row);
    if (rows.length >= row_group_rows) await flush();
  }
  await flush();
  await writer.finish();
}

function columnData(rows: readonly (readonly string[])[]) {
  return columns.map((name, index) => ({
    name,
    data: rows.map((row) => cellOf(name, row[index] ?? '')),
    type: 'STRING' as const,
    nullable: false,
    ...(repeated.has(name) ? {} : { encoding: 'PLAIN' as const }),
    ...(incompressible.has(name) ? { codec: 'UNCOMPRESSED' as const } : {}),
  }));
}

/** As bytes where the writer would encode each value by itself, which costs a buffer each. */
function cellOf(column: string, text: string): string | Buffer {
  return repeated.has(column) ? text : Buffer.from(text);
}
