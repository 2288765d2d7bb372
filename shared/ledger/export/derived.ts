import { messageOf } from '#shared/errors/error.ts';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { columns } from '../evidence/csv.ts';
import type { Manifest } from '../evidence/manifest.ts';
import { reportFiles } from '../incident/report-files.ts';
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
 * Checks the formats that the independent verifier cannot read, against the records, which it has verified. Every cell of
 * the Parquet file is compared. The PDF and the report of an incident are made again; a version that lays them out
 * otherwise cannot tell.
 */
export async function verifyDerived(
  folder: string,
  manifest: Manifest,
  software_version: string,
): Promise<DerivedReport> {
  const findings = await checkParquet(folder);
  const laidOut = laidOutFiles(folder, manifest);
  if (manifest.software_version !== software_version) {
    const unchecked = [...laidOut.keys()].map(
      (name) => `${name} was laid out by version ${manifest.software_version}; it proves nothing`,
    );
    return { findings, unchecked };
  }
  for (const [name, expected] of laidOut) {
    if (!existsSync(join(folder, name))) findings.push({ where: name, what: 'is missing' });
    else if (digestFile(join(folder, name)).sha256 !== digestOf(expected).sha256)
      findings.push({ where: name, what: 'does not say what the records and the manifest say' });
  }
  return { findings, unchecked: [] };
}

/** Files for people, as the records and the manifest have them. */
function laidOutFiles(folder: string, manifest: Manifest): Map<string, Buffer> {
  const { files: _files, ...about } = manifest;
  const files = new Map([['report.pdf', textPdf(summaryText(about))]]);
  const { report, tenant, created } = manifest;
  if (report === undefined) return files;
  return new Map([...files, ...reportFiles(folder, report, tenant, created)]);
}

async function checkParquet(folder: string): Promise<Finding[]> {
  const where = 'records.parquet';
  try {
    const row = await differingRow(folder);
    if (row === undefined) return [];
    return [{ where, what: `does not have the rows of records.ndjson: row ${row} differs` }];
  } catch (error) {
    // Whatever is wrong with a file that somebody gave us is a finding about it.
    return [{ where, what: `cannot be read: ${messageOf(error)}` }];
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
