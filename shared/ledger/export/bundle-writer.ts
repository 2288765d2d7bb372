import { createPublicKey, hash, type KeyObject, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type BodyCipher, createBodyCipher } from '../bodies/body-cipher.ts';
import { BodyStore } from '../bodies/body-store.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { columns, csvLine, rowOf } from '../evidence/csv.ts';
import { createMatcher, type LeafView, type Matcher } from '../evidence/filter.ts';
import { parseLeafView } from '../evidence/leaf-view.ts';
import type { Manifest, ManifestLog } from '../evidence/manifest.ts';
import { leafHash } from '../merkle.ts';
import { createNoteSigner } from '../note.ts';
import { inclusionProof, TreeReader } from '../proof.ts';
import { proofFile } from '../proof-file.ts';
import { pseudonymOf } from '../pseudonym.ts';
import { readIfPresent } from '../writer/files.ts';
import { findAnchor } from './anchor-proof.ts';
import { OutputFolder } from './output-file.ts';
import { ParquetFile } from './parquet.ts';
import { textPdf } from './pdf.ts';
import { redactBody } from './redaction.ts';
import type { ExportRequest, LogRange } from './request.ts';
import { copySparsely } from './sparse-copy.ts';
import { allowedSigner, sshSignature } from './ssh-signature.ts';
import { summaryText } from './summary.ts';
import { verifyText } from './verify-text.ts';

export interface BundleWriterOptions {
  /** The ledger directory. */
  readonly directory: string;
  /** Signs exports; another key than the log's. */
  readonly exportKey: KeyObject;
  /** Name of the export key, a URL without scheme. */
  readonly export_name: string;
  /** Decrypts bodies, makes pseudonyms. */
  readonly bodySecret: Buffer;
  readonly software_version: string;
  /** Sizes of each log in earlier exports of it. */
  readonly earlier: ReadonlyMap<string, readonly number[]>;
  readonly now_ms: number;
}

/** Leaves between two pauses in which other work of the process goes on. */
const leaves_between_pauses = 4_096;
/** A proof file each, up to this many matching leaves; beyond it the tiles prove them. */
const proof_files_max = 1_000;

/**
 * Writes the bundle of an export into `output`, which must not exist. Memory does not grow with the number of leaves.
 * The same request gives the same records, whatever was logged since.
 */
export async function writeBundle(
  request: ExportRequest,
  output: string,
  options: BundleWriterOptions,
): Promise<Manifest> {
  mkdirSync(output);
  const writer = new BundleWriter(request, new OutputFolder(output), options);
  return writer.write();
}

class BundleWriter {
  readonly #request: ExportRequest;
  readonly #output: OutputFolder;
  readonly #options: BundleWriterOptions;
  readonly #cipher: BodyCipher;
  readonly #matches: Matcher;
  readonly #counts = new Map<string, number>();
  readonly #bodies = { open: 0, redacted: 0, erased: 0 };
  #proofs = 0;

  constructor(request: ExportRequest, output: OutputFolder, options: BundleWriterOptions) {
    this.#request = request;
    this.#output = output;
    this.#options = options;
    this.#cipher = createBodyCipher(options.bodySecret, request.tenant);
    this.#matches = createMatcher(request.filter);
  }

  async write(): Promise<Manifest> {
    const files = {
      index: this.#output.open('index.csv'),
      records: this.#output.open('records.ndjson'),
      csv: this.#output.open('records.csv'),
      bodies: this.#output.open('bodies.ndjson'),
      parquet: new ParquetFile(join(this.#output.path, 'records.parquet')),
    };
    files.index.write('log,index,leaf_hash,status\n');
    files.csv.write(csvLine(columns));
    const logs: ManifestLog[] = [];
    let witnessed = this.#request.logs.length > 0;
    for (const range of this.#request.logs) {
      logs.push(await this.#writeLog(range, files));
      witnessed = this.#writeAnchor(range) && witnessed;
    }
    for (const file of [files.index, files.records, files.csv, files.bodies]) file.close();
    this.#output.add('records.parquet', await files.parquet.close());
    return this.#writeManifest(logs, witnessed);
  }

  async #writeLog(range: LogRange, files: LogFiles): Promise<ManifestLog> {
    const { log, size, range_first, range_next } = range;
    const tree = new TreeReader(join(this.#options.directory, log), size);
    this.#output.write(`tlog/${log}/checkpoint`, range.checkpoint);
    copySparsely(
      tree,
      range_first,
      range_next,
      this.#options.earlier.get(log) ?? [],
      this.#output,
      `tlog/${log}`,
    );
    const vkey = readIfPresent(join(this.#options.directory, `${log}.vkey`)) ?? Buffer.alloc(0);
    this.#output.write(`keys/${log}.vkey`, vkey);
    const bodies = new BodyStore(this.#options.directory, log);
    let [index, matching] = [range_first, 0];
    for (const entry of tree.entries(range_first, range_next)) {
      if (await this.#writeLeaf(range, tree, index, entry, bodies, files)) matching += 1;
      index += 1;
      if (index % leaves_between_pauses === 0) await setImmediate();
    }
    const root = Buffer.from(range.checkpoint.split('\n')[2] ?? '', 'base64').toString('hex');
    return { log, size, root, range_first, range_next, matching, other: index - range_first - matching };
  }

  /** Returns whether the leaf matches. */
  async #writeLeaf(
    { log, checkpoint }: LogRange,
    tree: TreeReader,
    index: number,
    entry: Buffer,
    bodies: BodyStore,
    files: LogFiles,
  ): Promise<boolean> {
    const text = entry.toString();
    const leaf = parseLeafView(text);
    const matching = leaf !== undefined && this.#matches(leaf, text);
    const digest = Buffer.from(leafHash(entry), 'binary').toString('hex');
    files.index.write(`${log},${index},${digest},${matching ? 'match' : 'other'}\n`);
    if (leaf === undefined || !matching) return false;
    this.#counts.set(leaf.type, (this.#counts.get(leaf.type) ?? 0) + 1);
    files.records.write(`${text}\n`);
    const row = rowOf(log, index, digest, leaf);
    files.csv.write(csvLine(row));
    await files.parquet.write(row);
    if (this.#request.bodies !== 'none') this.#writeBody(log, index, leaf, bodies, files);
    this.#proofs += 1;
    if (this.#proofs <= proof_files_max) {
      this.#output.write(
        `proofs/${log}-${index}.tlog-proof`,
        proofFile(index, inclusionProof(tree, index), checkpoint),
      );
    }
    return true;
  }

  #writeBody(log: string, index: number, leaf: LeafView, store: BodyStore, { bodies }: LogFiles): void {
    if (leaf.body === undefined) return;
    const stored = store.read(index, leaf.body.commitment);
    if (stored?.kind !== 'sealed') {
      this.#bodies.erased += 1;
      bodies.write(`${JSON.stringify({ log, index, status: 'erased' })}\n`);
      return;
    }
    const { salt, plaintext } = this.#cipher.open(stored.body);
    if (this.#request.bodies === 'full') {
      this.#bodies.open += 1;
      const line = {
        log,
        index,
        status: 'open',
        salt: salt.toString('base64'),
        plaintext: plaintext.toString(),
      };
      bodies.write(`${JSON.stringify(line)}\n`);
      return;
    }
    this.#bodies.redacted += 1;
    const { tenant, purpose, redaction } = this.#request;
    const pseudonym = (name: string): string => pseudonymOf(this.#options.bodySecret, tenant, purpose, name);
    const line = { log, index, status: 'redacted', body: redactBody(plaintext, redaction, pseudonym) };
    bodies.write(`${JSON.stringify(line)}\n`);
  }

  /** The leaf of the anchor log that holds this head, and its proof to a cosigned checkpoint; false when there is none. */
  #writeAnchor({ log, size }: LogRange): boolean {
    const anchor = findAnchor(this.#options.directory, log, size);
    if (anchor === undefined) return false;
    this.#output.write(`anchor/${log}.leaf`, anchor.leaf);
    this.#output.write(`anchor/${log}.tlog-proof`, anchor.proof);
    this.#output.write(`anchor/${log}.vkey`, anchor.vkey);
    return anchor.cosigned;
  }

  #writeManifest(logs: readonly ManifestLog[], witnessed: boolean): Manifest {
    const { exportKey, export_name, now_ms, software_version } = this.#options;
    const { id, tenant, requester, approver, purpose, filter, filter_asked, bodies } = this.#request;
    const signer = createNoteSigner(export_name, exportKey);
    const about: Omit<Manifest, 'files'> = {
      format: 'breakwater-export',
      format_version: 1,
      id,
      tenant,
      created: new Date(now_ms).toISOString(),
      requester,
      approver,
      purpose,
      filter_asked,
      filter,
      logs,
      counts: Object.fromEntries(this.#counts),
      bodies: { policy: bodies, ...this.#bodies },
      witnessed,
      software_version,
    };
    this.#output.write('keys/export.vkey', `${signer.vkey}\n`);
    this.#output.write('keys/export.pem', createPublicKey(exportKey).export({ type: 'spki', format: 'pem' }));
    this.#output.write('keys/allowed_signers', allowedSigner(export_name, exportKey));
    this.#output.write('report.pdf', textPdf(summaryText(about)));
    this.#output.write('VERIFY.md', verifyText(about, export_name));
    const manifest: Manifest = { ...about, files: this.#output.digests() };
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
    const own: Record<string, string | Buffer> = {
      'manifest.json': text,
      'manifest.note': `${text}\n${signer.sign(text)}`,
      'manifest.sig': sign(null, bytes, exportKey),
      'manifest.sshsig': sshSignature(bytes, exportKey),
      SHA256SUMS: sums.join(''),
      'custody.ndjson': `${canonicalJson(custody)}\n`,
    };
    for (const [name, content] of Object.entries(own)) writeFileSync(join(this.#output.path, name), content);
    return manifest;
  }
}

interface LogFiles {
  readonly index: ReturnType<OutputFolder['open']>;
  readonly records: ReturnType<OutputFolder['open']>;
  readonly csv: ReturnType<OutputFolder['open']>;
  readonly bodies: ReturnType<OutputFolder['open']>;
  readonly parquet: ParquetFile;
}
