import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rowOf } from '../evidence/csv.ts';
import { parseLeafView } from '../evidence/leaf-view.ts';
import { linesOf } from '../evidence/lines.ts';
import type { Manifest } from '../evidence/manifest.ts';
import type { Finding } from '../verify/log.ts';
import { digestFile, ParquetFile } from './parquet.ts';
import { textPdf } from './pdf.ts';
import { summaryText } from './summary.ts';

/**
 * Checks the two formats that the independent verifier cannot read: makes them again from the records, which have been
 * verified, and compares. Another version may lay them out otherwise, so that only the same version can tell.
 */
export async function verifyDerived(
  folder: string,
  manifest: Manifest,
  software_version: string,
): Promise<Finding[]> {
  if (manifest.software_version !== software_version) return [];
  const findings: Finding[] = [];
  const temporary = mkdtempSync(join(tmpdir(), 'breakwater-derived-'));
  try {
    const parquet = await writeParquet(folder, join(temporary, 'records.parquet'));
    if (digestFile(join(folder, 'records.parquet')).sha256 !== parquet) {
      findings.push({ where: 'records.parquet', what: 'does not have the rows of records.ndjson' });
    }
  } finally {
    rmSync(temporary, { recursive: true });
  }
  const { files: _files, ...about } = manifest;
  const pdf = textPdf(summaryText(about));
  if (!digestsEqual(manifest, 'report.pdf', pdf)) {
    findings.push({ where: 'report.pdf', what: 'does not say what the manifest says' });
  }
  return findings;
}

async function writeParquet(folder: string, path: string): Promise<string> {
  const file = new ParquetFile(path);
  const records = linesOf(join(folder, 'records.ndjson'));
  for (const line of linesOf(join(folder, 'index.csv'))) {
    const [log = '', index = '', leaf_hash = '', status] = line.split(',');
    if (status !== 'match') continue;
    const record = records.next();
    const leaf = record.done === true ? undefined : parseLeafView(record.value);
    if (leaf !== undefined) await file.write(rowOf(log, Number(index), leaf_hash, leaf));
  }
  return (await file.close()).sha256;
}

function digestsEqual({ files }: Manifest, name: string, expected: Buffer): boolean {
  return files[name]?.bytes === expected.length && files[name].sha256 === hash('sha256', expected);
}
