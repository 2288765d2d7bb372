import { join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { columns } from '../evidence/csv.ts';
import type { Manifest } from '../evidence/manifest.ts';
import type { Finding } from '../verify/log.ts';
import { digestFile, digestOf } from './output-file.ts';
import { listedRows } from './parquet.ts';
import { textPdf } from './pdf.ts';
import { summaryText } from './summary.ts';

/** Rows of a Parquet file in memory. */
const rows_read_max = 2_000;

export interface DerivedReport {
  readonly findings: readonly Finding[];
  /** What this version cannot judge. */
  readonly unchecked: readonly string[];
}

/**
 * Checks the two formats that the independent verifier cannot read, against the records, which it has verified. Every
 * cell of the Parquet file is compared. The PDF is made again; a version that lays it out otherwise cannot tell.
 */
export async function verifyDerived(
  folder: string,
  manifest: Manifest,
  software_version: string,
): Promise<DerivedReport> {
  const findings = await checkParquet(folder);
  const { files: _files, ...about } = manifest;
  if (manifest.software_version !== software_version) {
    const unchecked = [`report.pdf was laid out by version ${manifest.software_version}; it proves nothing`];
    return { findings, unchecked };
  }
  const expected = digestOf(textPdf(summaryText(about)));
  if (digestFile(join(folder, 'report.pdf')).sha256 !== expected.sha256)
    findings.push({ where: 'report.pdf', what: 'does not say what the manifest says' });
  return { findings, unchecked: [] };
}

async function checkParquet(folder: string): Promise<Finding[]> {
  const where = 'records.parquet';
  try {
    const row = await differingRow(folder);
    if (row === undefined) return [];
    return [{ where, what: `does not have the rows of records.ndjson: row ${row} differs` }];
  } catch (error) {
    // Whatever is wrong with a file that somebody gave us is a finding about it.
    return [{ where, what: `cannot be read: ${error instanceof Error ? error.message : String(error)}` }];
  }
}

/** The first row that is not what the listings have there, from 0; undefined when there is none. */
async function differingRow(folder: string): Promise<number | undefined> {
  const file = await asyncBufferFromFile(join(folder, 'records.parquet'));
  const metadata = await parquetMetadataAsync(file);
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  if (names.join() !== columns.join()) throw new TypeError(`its columns are ${names.join(', ')}`);
  const rows = Number(metadata.num_rows);
  const listed = listedRows(folder);
  for (let first = 0; first < rows; first += rows_read_max) {
    const rowEnd = Math.min(rows, first + rows_read_max);
    const found = await parquetReadObjects({ file, metadata, rowStart: first, rowEnd });
    for (let at = 0; at < rowEnd - first; at += 1) {
      const expected = listed.next();
      const row = found[at];
      const isSame =
        expected.done !== true && columns.every((name, column) => row?.[name] === expected.value[column]);
      if (!isSame) return first + at;
    }
  }
  return listed.next().done === true ? undefined : rows;
}
