import { createPublicKey, hash, type KeyObject, sign } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { type Manifest, type ManifestLog, parseManifest } from '../evidence/manifest.ts';
import { linesOf } from '../evidence/lines.ts';
import { reportFiles } from '../incident/report-files.ts';
import { createNoteSigner } from '../note.ts';
import { inclusionProof, TreeReader } from '../proof.ts';
import { proofFile } from '../proof-file.ts';
import { requestTimestamp } from '../timestamp/timestamp.ts';
import { readIfPresent } from '../writer/files.ts';
import { digestFile, type FileDigest, writeWhole } from './output-file.ts';
import { writeParquet } from './parquet.ts';
import { textPdf } from './pdf.ts';
import type { Progress } from './progress.ts';
import type { ExportRequest } from './request.ts';
import { allowedSigner, sshSignature } from './ssh-signature.ts';
import { summaryText } from './summary.ts';
import { verifyText } from './verify-text.ts';

export interface CompletionOptions {
  /** The ledger directory. */
  readonly directory: string;
  /** Signs exports; another key than the log's. */
  readonly exportKey: KeyObject;
  /** Name of the export key, a URL without scheme. */
  readonly export_name: string;
  readonly software_version: string;
  /** Time-stamping authority (RFC 3161) that stamps the manifest; none by default. */
  readonly timestamp_url?: string | undefined;
}

/** Matching leaves that have a proof file of their own. */
const proof_files_max = 1_000;

/**
 * Writes what is made of the listings, then the manifest and its signatures.
 * @throws BW_TIMESTAMP_UNAVAILABLE (retriable) when the authority does not stamp the manifest.
 */
export async function completeBundle(
  request: ExportRequest,
  folder: string,
  progress: Progress,
  { directory, exportKey, export_name, software_version, timestamp_url }: CompletionOptions,
): Promise<Manifest> {
  const logs = logsOf(request, progress);
  const { id, tenant, requester, approver, purpose, filter, filter_asked, bodies, redaction, ask } = request;
  const about: Omit<Manifest, 'files'> = {
    format: 'breakwater-export',
    format_version: 1,
    id,
    tenant,
    created: new Date(progress.created_ms).toISOString(),
    requester,
    approver,
    purpose,
    filter_asked,
    filter,
    logs,
    counts: progress.counts,
    bodies: { policy: bodies, ...progress.bodies },
    redaction: bodies === 'redacted' ? redaction : undefined,
    report: request.report === true ? ask.incident : undefined,
    witnessed: progress.witnessed && logs.length > 0,
    software_version,
  };
  writeProofs(request, folder, directory);
  await writeParquet(folder);
  if (about.report !== undefined) {
    for (const [name, content] of reportFiles(folder, about.report, tenant, about.created))
      writeWhole(folder, name, content);
  }
  const signer = createNoteSigner(export_name, exportKey);
  writeWhole(folder, 'keys/export.vkey', `${signer.vkey}\n`);
  writeWhole(folder, 'keys/export.pem', createPublicKey(exportKey).export({ type: 'spki', format: 'pem' }));
  writeWhole(folder, 'keys/allowed_signers', allowedSigner(export_name, exportKey));
  writeWhole(folder, 'report.pdf', textPdf(summaryText(about)));
  writeWhole(folder, 'VERIFY.md', verifyText(about, export_name, timestamp_url !== undefined));
  const manifest: Manifest = { ...about, files: digestsOf(folder) };
  const text = `${canonicalJson(manifest)}\n`;
  const bytes = Buffer.from(text);
  const sums = Object.entries(manifest.files).map(([path, { sha256 }]) => `${sha256}  ${path}\n`);
  const custody = {
    sequence: 0,
    time: about.created,
    holder: requester,
    action: 'created',
    previous: hash('sha256', bytes),
  };
  writeWhole(folder, 'manifest.note', `${text}\n${signer.sign(text)}`);
  writeWhole(folder, 'manifest.sig', sign(null, bytes, exportKey));
  writeWhole(folder, 'manifest.sshsig', sshSignature(bytes, exportKey));
  writeWhole(folder, 'SHA256SUMS', sums.join(''));
  writeWhole(folder, 'custody.ndjson', `${canonicalJson(custody)}\n`);
  if (timestamp_url !== undefined)
    writeWhole(folder, 'manifest.tsr', await requestTimestamp(timestamp_url, bytes));
  writeWhole(folder, 'manifest.json', text);
  return manifest;
}

function logsOf({ logs }: ExportRequest, { matching }: Progress): ManifestLog[] {
  return logs.map(({ log, size, checkpoint, range_first, range_next }, at) => {
    const matched = matching[at] ?? 0;
    const root = Buffer.from(checkpoint.split('\n')[2] ?? '', 'base64').toString('hex');
    const other = range_next - range_first - matched;
    return { log, size, root, range_first, range_next, matching: matched, other };
  });
}

/** A proof file each for the first matching leaves; the tiles prove them all. */
function writeProofs({ logs }: ExportRequest, folder: string, directory: string): void {
  const trees = new Map(
    logs.map(({ log, size, checkpoint }) => [
      log,
      { checkpoint, tree: new TreeReader(join(directory, log), size) },
    ]),
  );
  let proofs = 0;
  for (const line of linesOf(join(folder, 'index.csv'))) {
    const [log = '', index = '', , status] = line.split(',');
    const of = trees.get(log);
    if (status !== 'match' || of === undefined) continue;
    if (proofs >= proof_files_max) return;
    proofs += 1;
    const proof = proofFile(Number(index), inclusionProof(of.tree, Number(index)), of.checkpoint);
    writeWhole(folder, `proofs/${log}-${index}.tlog-proof`, proof);
  }
}

/** The manifest of a bundle; undefined when there is none. */
export function readManifest(folder: string): Manifest | undefined {
  const bytes = readIfPresent(join(folder, 'manifest.json'));
  return bytes === undefined ? undefined : parseManifest(bytes.toString());
}

/** Files that an interrupted run may have left and that the manifest cannot name: itself and what signs it. */
const unnamed = /^(?:manifest\.\w+|SHA256SUMS|custody\.ndjson)$/;

/** Every file but the tiles, which the checkpoints prove. */
function digestsOf(folder: string): Record<string, FileDigest> {
  const names = filesIn(folder, '').filter((name) => !unnamed.test(name));
  for (const sub of ['anchor', 'keys', 'proofs']) names.push(...filesIn(folder, sub));
  for (const log of namesIn(join(folder, 'tlog'))) names.push(`tlog/${log}/checkpoint`);
  return Object.fromEntries(names.sort().map((name) => [name, digestFile(join(folder, name))]));
}

function filesIn(folder: string, sub: string): string[] {
  const path = join(folder, sub);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(sub, name));
}

function namesIn(path: string): string[] {
  return existsSync(path) ? readdirSync(path) : [];
}
