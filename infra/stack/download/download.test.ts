import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Behaviour, type FileServer, serveFile } from '../testing/file-server.ts';
import { writeZip } from '../testing/zip-writer.ts';
import { downloadFile, type PinnedFile } from './file.ts';
import { openRanges } from './ranges.ts';
import { extractEntry, readZipDirectory } from './zip.ts';

const content: Buffer = randomBytes(100_000);
let folder: string;
let server: FileServer | undefined;
let bytes: number;
const options = { onBytes: (count: number) => void (bytes += count) };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'breakwater-download-'));
  bytes = 0;
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await server?.close();
});

async function serve(behaviour: Behaviour = {}, what: Buffer = content): Promise<URL> {
  server = await serveFile(what, behaviour);
  return server.address;
}

function pin(what: Buffer): PinnedFile {
  return {
    size_bytes: what.length,
    algorithm: 'sha512',
    digest: createHash('sha512').update(what).digest('hex'),
  };
}

it('fetches a file once', async () => {
  const target = join(folder, 'a/b/file');
  await downloadFile(await serve(), target, pin(content), options);
  await downloadFile(new URL('http://127.0.0.1:9/never-asked'), target, pin(content), options);
  expect(readFileSync(target)).toEqual(content);
  expect(bytes).toBe(content.length);
});

it('goes on where a broken answer ended', async () => {
  const target = join(folder, 'file');
  await downloadFile(await serve({ broken_answers: 1 }), target, pin(content), options);
  expect(readFileSync(target)).toEqual(content);
  expect(server?.ranges).toEqual([undefined, 'bytes=50000-']);
});

it('goes on where an earlier run ended', async () => {
  const target = join(folder, 'file');
  writeFileSync(`${target}.partial`, content.subarray(0, 70_000));
  await downloadFile(await serve(), target, pin(content), options);
  expect(readFileSync(target)).toEqual(content);
  expect(server?.ranges).toEqual(['bytes=70000-']);
});

it('begins anew where the server cannot resume', async () => {
  const target = join(folder, 'file');
  writeFileSync(`${target}.partial`, content.subarray(0, 70_000));
  await downloadFile(await serve({ ignoresRanges: true }), target, pin(content), options);
  expect(readFileSync(target)).toEqual(content);
});

it('tries again when the server is busy', async () => {
  const target = join(folder, 'file');
  await downloadFile(await serve({ busy_answers: 2 }), target, pin(content), options);
  expect(server?.ranges).toHaveLength(3);
});

it('refuses a file that is not the pinned one, and keeps nothing of it', async () => {
  const target = join(folder, 'file');
  const forged = Buffer.from(content);
  forged[5] = (forged[5] ?? 0) ^ 1;
  const downloading = downloadFile(await serve({}, forged), target, pin(content), options);
  await expect(downloading).rejects.toMatchObject({ code: 'BW_STACK_DIGEST_MISMATCH' });
  expect(existsSync(target)).toBe(false);
  expect(existsSync(`${target}.partial`)).toBe(false);
});

it('gives up when it is told to', async () => {
  const aborted = { ...options, signal: AbortSignal.abort(new Error('interrupted')) };
  await expect(downloadFile(await serve(), join(folder, 'file'), pin(content), aborted)).rejects.toThrow(
    'interrupted',
  );
});

it.each([{ ignoresRanges: false }, { ignoresRanges: true }, { broken_answers: 2 }])(
  'reads files out of a remote archive: %o',
  async (behaviour) => {
    const files = { 'a/first.txt': Buffer.from('first'), 'a/second.bin': content, third: Buffer.alloc(0) };
    const zip = writeZip(files);
    const reader = await openRanges(await serve(behaviour, zip), pin(zip), join(folder, 'whole'), options);
    const entries = await readZipDirectory(reader, zip.length);
    expect(entries.map((entry) => entry.name)).toEqual(Object.keys(files));
    for (const entry of entries) {
      const content = extractEntry(entry, await reader.read(entry.start, entry.end));
      expect(content).toEqual(Object.entries(files).find(([name]) => name === entry.name)?.[1]);
    }
    await reader.close();
    expect(existsSync(join(folder, 'whole'))).toBe(behaviour.ignoresRanges === true);
  },
);

it('refuses what is not an archive', async () => {
  const reader = await openRanges(await serve(), pin(content), join(folder, 'whole'), options);
  await expect(readZipDirectory(reader, 1_000)).rejects.toMatchObject({ code: 'BW_STACK_DIGEST_MISMATCH' });
});
