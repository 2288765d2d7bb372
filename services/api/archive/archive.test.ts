import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBundleArchive } from './bundle-archive.ts';
import { block_bytes, tarHeader } from './tar.ts';

let folder: string;
const files: Record<string, string> = {
  'empty.txt': '',
  'block.txt': 'x'.repeat(block_bytes),
  'tlog/a/tile/0/x001/234.p/7': 'hashes',
  [`tlog/${'long~2f'.repeat(20)}/tile/entries/000`]: 'entries',
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'archive-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'in', name)), { recursive: true });
    writeFileSync(join(folder, 'in', name), content);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

async function bytesFrom(start: number): Promise<Buffer> {
  const archive = createBundleArchive(join(folder, 'in'), 'export', 1_700_000_000);
  const chunks: Buffer[] = [];
  for await (const chunk of archive.read(start)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  expect(bytes.length).toBe(archive.bytes - start);
  return bytes;
}

it('is what tar unpacks', async () => {
  writeFileSync(join(folder, 'x.tar'), await bytesFrom(0));
  const { status, stderr } = spawnSync('tar', ['-xf', 'x.tar'], { cwd: folder });
  expect([status, stderr.toString()]).toEqual([0, '']);
  for (const [name, content] of Object.entries(files))
    expect(readFileSync(join(folder, 'export', name), 'utf8')).toBe(content);
});

it('goes on from any byte with the same bytes', async () => {
  const whole = await bytesFrom(0);
  for (let start = 0; start <= whole.length; start += 97)
    expect((await bytesFrom(start)).equals(whole.subarray(start))).toBe(true);
});

it('holds files beyond eight gigabytes', () => {
  expect(tarHeader('large', 8 ** 11, 0).toString('latin1')).toContain('19 size=8589934592\n');
});
