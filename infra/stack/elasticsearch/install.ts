import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BreakwaterError } from '#shared/errors/error.ts';
import { openRanges, type RangeReader } from '../download/ranges.ts';
import { extractEntry, readZipDirectory, type ZipEntry } from '../download/zip.ts';
import { withLock } from '../lock.ts';
import type { Toolbox } from '../recipe.ts';
import lock from './files.lock.json' with { type: 'json' };

/** A file we want, and where the archive has it. */
interface WantedFile {
  readonly path: string;
  readonly sha256: string;
  readonly entry: ZipEntry;
}

/** Files of one request: neighbours in the archive, with small gaps that cost less than another request. */
interface Span {
  readonly start: number;
  readonly end: number;
  readonly files: readonly WantedFile[];
}

const concurrent_max = 4;
const gap_bytes_max = 256 * 1024;
const span_bytes_max = 8 * 1024 * 1024;

/**
 * Brings Elasticsearch to the cache; resolves to its home folder. The pinned archive is another product's (1 GB)
 * that carries a whole Elasticsearch: only the files of our list are read from it (94 MB), each checked by digest.
 */
export async function installElasticsearch(toolbox: Toolbox): Promise<string> {
  const home = join(toolbox.cache, `elasticsearch-${lock.elasticsearch}-${lockDigest()}`);
  if (existsSync(home)) return home;
  const onWait = (pid: number): void => toolbox.onStep(`process ${pid} is fetching the same files`);
  await withLock(`${home}.lock`, { signal: toolbox.signal, onWait }, async () => {
    if (!existsSync(home)) await fetchHome(home, toolbox);
  });
  return home;
}

/** Another list of files is another installation. */
function lockDigest(): string {
  return createHash('sha256').update(JSON.stringify(lock)).digest('hex').slice(0, 8);
}

async function fetchHome(home: string, toolbox: Toolbox): Promise<void> {
  const partial = `${home}.partial`;
  const missing = lock.files.filter((file) => !isGood(join(partial, file.path), file.sha256));
  if (missing.length > 0) await fetchFiles(missing, partial, toolbox);
  for (const folder of ['plugins', 'config']) mkdirSync(join(partial, folder), { recursive: true });
  renameSync(partial, home);
}

/** What an interrupted run left is used again. */
function isGood(file: string, sha256: string): boolean {
  return existsSync(file) && digest(readFileSync(file)) === sha256;
}

async function fetchFiles(missing: typeof lock.files, folder: string, toolbox: Toolbox): Promise<void> {
  const { path, size_bytes, sha256 } = lock.archive;
  const address = new URL(path, await toolbox.repository());
  const pinned = { size_bytes, algorithm: 'sha256', digest: sha256 } as const;
  const whole = join(toolbox.cache, 'maven', path);
  let whole_done = 0;
  const onBytes = (count: number): void => toolbox.onBytes((whole_done += count), size_bytes);
  const reader = await openRanges(address, pinned, whole, { signal: toolbox.signal, onBytes });
  try {
    const waiting = spansOf(locate(missing, await readZipDirectory(reader, size_bytes)));
    const total = waiting.reduce((sum, span) => sum + span.end - span.start, 0);
    let done = 0;
    const fetchNext = async (): Promise<void> => {
      for (let span = waiting.shift(); span !== undefined; span = waiting.shift()) {
        await fetchSpan(reader, span, folder);
        toolbox.onBytes((done += span.end - span.start), total);
      }
    };
    await Promise.all(Array.from({ length: concurrent_max }, fetchNext));
  } finally {
    await reader.close();
  }
  rmSync(whole, { force: true });
}

function locate(files: typeof lock.files, entries: readonly ZipEntry[]): WantedFile[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return files.map(({ path, sha256 }) => {
    const entry = byName.get(lock.archive.folder + path);
    if (entry !== undefined) return { path, sha256, entry };
    throw new BreakwaterError('BW_STACK_DIGEST_MISMATCH', `${lock.archive.path} has no ${path}`);
  });
}

function spansOf(files: readonly WantedFile[]): Span[] {
  const spans: { start: number; end: number; files: WantedFile[] }[] = [];
  for (const file of files.toSorted((left, right) => left.entry.start - right.entry.start)) {
    const { start, end } = file.entry;
    const last = spans.at(-1);
    if (last !== undefined && start - last.end <= gap_bytes_max && end - last.start <= span_bytes_max) {
      last.files.push(file);
      last.end = end;
    } else spans.push({ start, end, files: [file] });
  }
  return spans;
}

async function fetchSpan(reader: RangeReader, span: Span, folder: string): Promise<void> {
  const bytes = await reader.read(span.start, span.end);
  for (const { path, sha256, entry } of span.files) {
    const content = extractEntry(entry, bytes.subarray(entry.start - span.start, entry.end - span.start));
    if (digest(content) !== sha256) {
      throw new BreakwaterError(
        'BW_STACK_DIGEST_MISMATCH',
        `${path} in ${lock.archive.path}: not the pinned sha256`,
      );
    }
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
