import { createHash, hash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { type Checkpoint, openCheckpoint, type OpenedCheckpoint } from '../verify/checkpoint.ts';
import type { Finding } from '../verify/log.ts';
import { Malformed } from '../verify/malformed.ts';
import { leafDigest } from '../verify/merkle.ts';
import { openNote, parseVerifierKey, type VerifierKey } from '../verify/note.ts';
import { verifyProof } from '../verify/proof.ts';
import { readBundle, readFile, tile_width } from '../verify/tiles.ts';
import { checkCustody } from './custody.ts';
import { csvLine, columns, rowOf } from './csv.ts';
import { Erasures } from './erasures.ts';
import { createMatcher, type Matcher } from './filter.ts';
import { parseLeafView } from './leaf-view.ts';
import { LeafChecker } from './leaves.ts';
import { linesOf } from './lines.ts';
import { type Manifest, type ManifestLog, parseManifest } from './manifest.ts';
import { SparseTree } from './sparse-tree.ts';

/** Files that the manifest cannot name: itself and what signs it. */
const unnamed = new Set([
  'manifest.json',
  'manifest.note',
  'manifest.sig',
  'manifest.sshsig',
  'manifest.tsr',
  'SHA256SUMS',
  'custody.ndjson',
]);
const findings_max = 1_000;

export interface BundleOptions {
  /** The export key that the reader trusts; without it the one in the bundle is used. */
  readonly exportKey?: string;
  /** Keys of logs that the reader trusts, by log; without it those in the bundle are used. */
  readonly logKeys?: ReadonlyMap<string, string>;
  /** Witnesses that the reader trusts, and how many of them must have cosigned the anchor of each log. */
  readonly witnesses?: readonly VerifierKey[];
  readonly quorum?: number;
  /** Checkpoints of earlier exports, by origin: each log must have grown from them. */
  readonly earlier?: readonly Checkpoint[];
}

export interface BundleReport {
  readonly manifest: Manifest | undefined;
  readonly checkpoints: readonly OpenedCheckpoint[];
  readonly findings: readonly Finding[];
  /** Losses that the logs themselves tell of. */
  readonly losses: readonly string[];
}

/**
 * Checks an export on its own: signatures, every file, every leaf of the range against the signed tree, the filter
 * applied again to each of them, and that each format shows exactly the leaves that match.
 */
export function verifyBundle(folder: string, options: BundleOptions = {}): BundleReport {
  const check = new BundleCheck(folder, options);
  const manifest = check.attempt('manifest.json', () => check.manifest());
  if (manifest !== undefined) check.all(manifest);
  return { manifest, checkpoints: check.checkpoints, findings: check.findings, losses: check.losses };
}

/** The three listings of the matching leaves, read in step with the tree. */
interface Listings {
  readonly index: Iterator<string>;
  readonly records: Iterator<string>;
  readonly csv: Iterator<string>;
  readonly bodies: Iterator<string>;
}

class BundleCheck {
  readonly findings: Finding[] = [];
  readonly checkpoints: OpenedCheckpoint[] = [];
  readonly losses: string[] = [];
  readonly #folder: string;
  readonly #options: BundleOptions;
  readonly #counts = new Map<string, number>();
  readonly #bodies = { open: 0, redacted: 0, erased: 0 };
  readonly #erasures = new Erasures();
  #requested = false;
  #matches: Matcher = () => false;

  constructor(folder: string, options: BundleOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  report(where: string, what: string): void {
    if (this.findings.length < findings_max) this.findings.push({ where, what });
  }

  attempt<Result>(where: string, read: () => Result): Result | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.report(where, error.message);
      return undefined;
    }
  }

  manifest(): Manifest {
    const text = this.#text('manifest.json');
    const key = parseVerifierKey(this.#options.exportKey ?? this.#text('keys/export.vkey').trim());
    const note = openNote(Buffer.from(this.#text('manifest.note')), [key]);
    if (note.text !== text) throw new Malformed('is not the text that manifest.note signs');
    return parseManifest(text);
  }

  all(manifest: Manifest): void {
    this.#matches = createMatcher(manifest.filter);
    this.#checkFiles(manifest);
    this.attempt('custody.ndjson', () =>
      checkCustody(this.#text('custody.ndjson'), this.#text('manifest.json')),
    );
    for (const { log, size, root } of manifest.logs)
      this.attempt(`anchor/${log}`, () => this.#checkAnchor(log, size, root));
    const missing = ['index.csv', 'records.ndjson', 'records.csv', 'bodies.ndjson'].filter(
      (name) => readdirSync(this.#folder).includes(name) === false,
    );
    for (const name of missing) this.report(name, 'is missing');
    if (missing.length > 0) return;
    const [index, records, csv, bodies] = ['index.csv', 'records.ndjson', 'records.csv', 'bodies.ndjson'].map(
      (name) => linesOf(`${this.#folder}/${name}`),
    );
    if (index === undefined || records === undefined || csv === undefined || bodies === undefined) return;
    const listings: Listings = { index, records, csv, bodies };
    this.#expect(listings.index, 'log,index,leaf_hash,status', 'index.csv', 'header');
    this.#expect(listings.csv, csvLine(columns).trimEnd(), 'records.csv', 'header');
    for (const log of manifest.logs)
      this.attempt(`tlog/${log.log}`, () => this.#checkLog(manifest, log, listings));
    for (const [name, lines] of Object.entries({
      'index.csv': index,
      'records.ndjson': records,
      'records.csv': csv,
      'bodies.ndjson': bodies,
    })) {
      if (lines.next().done !== true) this.report(name, 'goes on after the last leaf that matches');
    }
    this.#checkCounts(manifest);
    for (const { log, index: leaf } of this.#erasures.unsupported()) {
      this.report(`body of ${log} leaf ${leaf}`, 'is called erased, and no leaf says that it was');
    }
    if (!this.#requested) this.report('records', `no leaf says that the export ${manifest.id} was requested`);
  }

  /** Tiles and bundles are not named: the checkpoint proves them. */
  #checkFiles({ files, logs }: Manifest): void {
    const present = readdirSync(this.#folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(this.#folder.length + 1));
    for (const path of present) {
      const isTile = logs.some(({ log }) => path.startsWith(`tlog/${log}/tile/`));
      if (!isTile && !Object.hasOwn(files, path) && !unnamed.has(path))
        this.report(path, 'is not in the manifest');
    }
    for (const [path, { bytes, sha256 }] of Object.entries(files)) {
      if (!present.includes(path)) this.report(path, 'is missing');
      else if (hashFile(`${this.#folder}/${path}`, bytes) !== sha256)
        this.report(path, 'is not the file that the manifest names');
    }
    const sums = Object.entries(files).map(([path, { sha256 }]) => `${sha256}  ${path}\n`);
    if (this.#text('SHA256SUMS') !== sums.join(''))
      this.report('SHA256SUMS', 'does not list what the manifest lists');
  }

  #checkLog(manifest: Manifest, named: ManifestLog, listings: Listings): void {
    const folder = `${this.#folder}/tlog/${named.log}`;
    const vkey = this.#options.logKeys?.get(named.log) ?? this.#text(`keys/${named.log}.vkey`).trim();
    const checkpoint = openCheckpoint(
      Buffer.from(this.#text(`tlog/${named.log}/checkpoint`)),
      parseVerifierKey(vkey),
    );
    this.checkpoints.push(checkpoint);
    if (checkpoint.size !== named.size || checkpoint.root.toString('hex') !== named.root) {
      this.report(`tlog/${named.log}/checkpoint`, 'is not the one that the manifest names');
    }
    const tree = new SparseTree(folder, checkpoint);
    for (const known of this.#options.earlier ?? []) this.#checkEarlier(known, checkpoint, tree);
    const { range_first, range_next } = named;
    if (range_first > range_next || range_next > checkpoint.size)
      throw new Malformed('its range is not within the log');
    const leaves = range_first === 0 ? new LeafChecker(named.log) : undefined;
    const found = { matching: 0, other: 0 };
    for (let index = range_first; index < range_next; ) {
      const bundle = Math.floor(index / tile_width);
      const width = Math.min(tile_width, checkpoint.size - bundle * tile_width);
      const entries = readBundle(folder, bundle, width);
      const hashes = tree.leaves(bundle);
      for (; index < range_next && Math.floor(index / tile_width) === bundle; index += 1) {
        const entry = entries[index % tile_width] ?? Buffer.alloc(0);
        const digest = leafDigest(entry);
        if (digest !== hashes[index % tile_width])
          this.report(`${named.log} leaf ${index}`, 'is not what the tree has there');
        const wrong = leaves?.check(entry, index);
        if (wrong !== undefined) this.report(`${named.log} leaf ${index}`, wrong);
        const matching = this.#checkLeaf(
          manifest,
          named.log,
          index,
          entry,
          Buffer.from(digest, 'binary').toString('hex'),
          listings,
        );
        found[matching ? 'matching' : 'other'] += 1;
      }
    }
    this.losses.push(...(leaves?.losses ?? []));
    if (found.matching !== named.matching || found.other !== named.other) {
      this.report('manifest.json', `says ${named.matching} of ${named.log} match, ${found.matching} do`);
    }
  }

  /** Returns whether the leaf matches. */
  #checkLeaf(
    manifest: Manifest,
    log: string,
    index: number,
    entry: Buffer,
    leafHash: string,
    listings: Listings,
  ): boolean {
    const text = entry.toString();
    const leaf = parseLeafView(text);
    if (leaf === undefined) throw new Malformed(`leaf ${index} is not a leaf of Breakwater`);
    if (leaf.type === 'export.requested' && leaf.facts['export'] === manifest.id) this.#requested = true;
    this.#erasures.note(leaf);
    const matching = this.#matches(leaf, text);
    const where = `${log} leaf ${index}`;
    this.#expect(
      listings.index,
      `${log},${index},${leafHash},${matching ? 'match' : 'other'}`,
      'index.csv',
      where,
    );
    if (!matching) return false;
    this.#counts.set(leaf.type, (this.#counts.get(leaf.type) ?? 0) + 1);
    this.#expect(listings.records, text, 'records.ndjson', where);
    this.#expect(listings.csv, csvLine(rowOf(log, index, leafHash, leaf)).trimEnd(), 'records.csv', where);
    if (leaf.body !== undefined && manifest.bodies.policy !== 'none') {
      this.#checkBody(listings.bodies, log, index, leaf.body.commitment);
    }
    return true;
  }

  /** Reads one record of a listing, over several lines when `expected` has them. */
  #expect(lines: Iterator<string>, expected: string, name: string, where: string): void {
    for (const part of expected.split('\n')) {
      const line = lines.next();
      const found = line.done === true ? undefined : line.value;
      if (found?.replace(/\r$/, '') === part.replace(/\r$/, '')) continue;
      throw new Malformed(`${name} does not have ${where} where it must be`);
    }
  }

  #checkBody(lines: Iterator<string>, log: string, index: number, commitment: string): void {
    const line = lines.next();
    const body = line.done === true ? undefined : parseBody(line.value);
    const where = `body of ${log} leaf ${index}`;
    if (body === undefined || body.log !== log || body.index !== index) {
      throw new Malformed(`bodies.ndjson does not have the ${where} where it must be`);
    }
    this.#bodies[body.status] += 1;
    if (body.status === 'erased') this.#erasures.claim(log, index);
    if (body.status !== 'open') return;
    const opened = Buffer.concat([Buffer.from(body.salt, 'base64'), Buffer.from(body.plaintext)]);
    if (hash('sha256', opened) !== commitment) this.report(where, 'is not the body that the leaf commits to');
  }

  #checkCounts({ counts, bodies }: Manifest): void {
    const found = Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
    const named = Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
    if (JSON.stringify(found) !== JSON.stringify(named)) {
      this.report('manifest.json', `counts ${JSON.stringify(named)}, found ${JSON.stringify(found)}`);
    }
    for (const status of ['open', 'redacted', 'erased'] as const) {
      if (bodies[status] !== this.#bodies[status]) {
        this.report(
          'manifest.json',
          `says ${bodies[status]} bodies are ${status}, ${this.#bodies[status]} are`,
        );
      }
    }
  }

  /** The head of a log in the log of heads, which witnesses cosign. */
  #checkAnchor(log: string, size: number, root: string): void {
    const { witnesses = [], quorum = 0 } = this.#options;
    const leaf = readFile(`${this.#folder}/anchor/${log}.leaf`);
    if (leaf === undefined) {
      if (quorum > 0) throw new Malformed('is missing: no witness has seen this head');
      return;
    }
    const key = parseVerifierKey(this.#text(`anchor/${log}.vkey`).trim());
    const { verified } = verifyProof(this.#text(`anchor/${log}.tlog-proof`), leaf, key, witnesses);
    const head = parseLeafView(leaf.toString());
    const isHead =
      head?.type === 'anchor.head' && head.facts['log'] === log && head.facts['size'] === String(size);
    if (!isHead || head.facts['root'] !== root)
      throw new Malformed('is not the head that the manifest names');
    const cosigned = verified.filter((signature) => signature.key !== key).length;
    if (cosigned < quorum) throw new Malformed(`${cosigned} witnesses cosigned it, ${quorum} must`);
  }

  #checkEarlier(known: Checkpoint, now: OpenedCheckpoint, tree: SparseTree): void {
    if (known.origin !== now.origin) return;
    const where = `tlog/${now.origin}`;
    if (known.size > now.size) {
      this.report(where, `has ${now.size} leaves; an earlier checkpoint signed ${known.size}`);
      return;
    }
    const root = this.attempt(where, () => tree.rootAt(known.size));
    if (root !== undefined && root !== known.root.toString('binary')) {
      this.report(
        where,
        `did not grow from the earlier checkpoint of ${known.size} leaves: two histories were signed`,
      );
    }
  }

  #text(path: string): string {
    const bytes = readFile(`${this.#folder}/${path}`);
    if (bytes === undefined) throw new Malformed(`${path} is missing`);
    return bytes.toString();
  }
}

type ExportedBody =
  | {
      readonly log: string;
      readonly index: number;
      readonly status: 'open';
      readonly salt: string;
      readonly plaintext: string;
    }
  | { readonly log: string; readonly index: number; readonly status: 'redacted' | 'erased' };

function parseBody(line: string): ExportedBody | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isBody(value) ? value : undefined;
}

function isBody(value: unknown): value is ExportedBody {
  if (typeof value !== 'object' || value === null || !('log' in value) || !('index' in value)) return false;
  if (typeof value.log !== 'string' || typeof value.index !== 'number' || !('status' in value)) return false;
  if (value.status !== 'open') return value.status === 'redacted' || value.status === 'erased';
  return (
    'salt' in value &&
    typeof value.salt === 'string' &&
    'plaintext' in value &&
    typeof value.plaintext === 'string'
  );
}

/** SHA-256 of a file, hex; of nothing when its length is not `bytes`. */
function hashFile(path: string, bytes: number): string {
  const digest = createHash('sha256');
  const descriptor = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(1024 * 1024);
    let total = 0;
    for (let read = readSync(descriptor, chunk); read > 0; read = readSync(descriptor, chunk)) {
      digest.update(chunk.subarray(0, read));
      total += read;
    }
    return total === bytes ? digest.digest('hex') : '';
  } finally {
    closeSync(descriptor);
  }
}
