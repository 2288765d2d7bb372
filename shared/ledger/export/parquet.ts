import { join } from 'node:path';
import { fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { columns, rowOf } from '../evidence/csv.ts';
import { listedLeaves } from './listed-leaves.ts';

/** Rows kept in memory until they are written. */
const row_group_rows = 2_000;

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
    data: rows.map((row) => row[index] ?? ''),
    type: 'STRING' as const,
    nullable: false,
  }));
}
