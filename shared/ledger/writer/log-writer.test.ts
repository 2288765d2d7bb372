import { createHash, generateKeyPairSync } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { merkleRoot } from '../merkle.ts';
import { createNoteSigner } from '../note.ts';
import { verifyLog } from '../verify/log.ts';
import { LogWriter, type LogWriterOptions } from './log-writer.ts';
import { listSegments } from './segment.ts';

// Disks and computers under load are slow.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const signer = createNoteSigner('ledger.example/test', generateKeyPairSync('ed25519').privateKey);
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ledger-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function open(options: Partial<LogWriterOptions> = {}): Promise<LogWriter> {
  return LogWriter.open({ directory, log: 'test', signer, ...options });
}

function entries(from: number, to: number): Buffer[] {
  return Array.from({ length: to - from }, (_, index) =>
    createHash('sha512')
      .update(`${from + index}`)
      .digest(),
  );
}

function verify(): ReturnType<typeof verifyLog> {
  return verifyLog(join(directory, 'test'), signer.vkey);
}

test('an empty log is a signed checkpoint of size 0', async () => {
  await (await open()).close();
  expect(readFileSync(join(directory, 'test/checkpoint'), 'utf8')).toContain(
    'ledger.example/test\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— ledger.example/test ',
  );
  expect(readFileSync(join(directory, 'test.vkey'), 'utf8')).toBe(`${signer.vkey}\n`);
  expect(verify().findings).toEqual([]);
});

test('70,000 leaves make the files that the specification counts', async () => {
  const writer = await open();
  await writer.append(entries(0, 70_000), '{}');
  await writer.publish();
  await writer.close();
  const exists = (path: string): boolean => existsSync(join(directory, 'test/tile', path));
  expect(
    ['0/272', '0/273.p/112', '1/000', '1/001.p/17', '2/000.p/1', 'entries/273.p/112'].map(exists),
  ).toEqual(Array.from({ length: 6 }, () => true));
  expect(['0/273', '1/001', '2/000', '3/000.p/1', 'entries/274'].some(exists)).toBe(false);
  const { checkpoint, findings } = verify();
  expect(findings).toEqual([]);
  expect(checkpoint?.root).toEqual(merkleRoot(entries(0, 70_000)));
});

test('any appends, checkpoints, rotations and restarts give one log', async () => {
  const step = fc.oneof(
    fc.nat({ max: 300 }).map((count) => ({ kind: 'append' as const, count })),
    fc.constantFrom({ kind: 'publish' as const }, { kind: 'reopen' as const }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 12 }),
      fc.constantFrom(1, 5_000, 1e9),
      async (steps, bytes_max) => {
        rmSync(directory, { recursive: true });
        let size = 0;
        let writer = await open({ segment_bytes_max: bytes_max });
        for (const each of steps) {
          if (each.kind === 'publish') await writer.publish();
          else if (each.kind === 'reopen') {
            await writer.close();
            writer = await open({ segment_bytes_max: bytes_max });
            expect(writer.state).toBe(size === 0 ? writer.state : String(size));
          } else {
            const bound = await writer.append(entries(size, size + each.count), String(size + each.count));
            size += each.count;
            expect(bound.root.equals(merkleRoot(entries(0, size)))).toBe(true);
          }
          expect(verify().findings).toEqual([]);
        }
        await writer.publish();
        await writer.close();
        expect(verify()).toMatchObject({ findings: [], checkpoint: { size } });
      },
    ),
    { numRuns: Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 15) },
  );
});

test('files that only the page cache held are made again from the segments', async () => {
  const writer = await open();
  await writer.append(entries(0, 1_000), '');
  await writer.publish();
  await writer.close();
  rmSync(join(directory, 'test'), { recursive: true });
  await (await open()).close();
  expect(verify()).toMatchObject({ findings: [], checkpoint: { size: 1_000 } });
});

test('a head that is older than what was published is refused', async () => {
  const writer = await open();
  await writer.append(entries(0, 10), '');
  await writer.close();
  const copy = `${directory}-copy`;
  cpSync(join(directory, '.writer'), copy, { recursive: true });
  const again = await open();
  await again.append(entries(10, 20), '');
  await again.publish();
  await again.close();
  rmSync(join(directory, '.writer'), { recursive: true });
  cpSync(copy, join(directory, '.writer'), { recursive: true });
  rmSync(copy, { recursive: true });
  await expect(open()).rejects.toMatchObject({ code: 'BW_LEDGER_CORRUPT' });
});

test('segments that were changed are refused', async () => {
  const writer = await open();
  await writer.append(entries(0, 10), '');
  await writer.close();
  const segment = join(directory, '.writer/test', listSegments(join(directory, '.writer/test'))[0] ?? '');
  const bytes = readFileSync(segment);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  writeFileSync(segment, bytes);
  await expect(open()).rejects.toMatchObject({ code: 'BW_LEDGER_CORRUPT' });
});

test('a writer that was replaced signs nothing more, even where locks do not hold', async () => {
  const writer = await open();
  await writer.append(entries(0, 3), '');
  // Stands for a lock that a network file system lost.
  rmSync(join(directory, '.writer/test/lock'));
  const successor = await open();
  await expect(writer.append(entries(100, 105), '')).rejects.toMatchObject({ code: 'BW_LEDGER_FENCED' });
  await expect(writer.publish()).rejects.toMatchObject({ code: 'BW_LEDGER_FENCED' });
  await successor.append(entries(3, 6), '');
  await successor.publish();
  await Promise.all([writer.close(), successor.close()]);
  expect(verify().checkpoint?.root).toEqual(merkleRoot(entries(0, 6)));
});

test('only one writer has a log', async () => {
  const writer = await open();
  await expect(open()).rejects.toMatchObject({ code: 'BW_LEDGER_LOCKED' });
  await writer.close();
  await (await open()).close();
});

test('a leaf beyond 65,535 bytes is refused and the log goes on', async () => {
  const writer = await open();
  expect(() => writer.append([Buffer.alloc(65_536)], '')).toThrow('at most 65,535 bytes');
  await writer.append([Buffer.alloc(65_535)], '');
  await writer.close();
  await (await open()).close();
  expect(verify().checkpoint?.size).toBe(1);
});
