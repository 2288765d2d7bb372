import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { sampleCommand } from './sample.ts';
import { LedgerWorld } from './testing/ledger-world.ts';

let world: LedgerWorld;
let printed: string[];

beforeEach(async () => {
  world = new LedgerWorld();
  await world.open();
  await world.someReads(40);
  await world.nextQuarter();
  await world.someReads(20);
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await world.remove();
});

const resultSchema = z.object({
  seed: z.string(),
  logs: z.array(z.object({ log: z.string(), size: z.number(), root: z.string() })),
  controls: z.array(
    z.object({
      control: z.string(),
      population: z.number(),
      sample: z.array(z.object({ log: z.string(), index: z.number(), type: z.string() })),
    }),
  ),
});

async function sampleOf(...options: string[]): Promise<z.infer<typeof resultSchema>> {
  printed = [];
  await sampleCommand().parseAsync([world.directory, '--json', ...options], { from: 'user' });
  return resultSchema.parse(JSON.parse(printed.join('\n')));
}

test('counts the evidence of each control over all logs, and draws the same again', async () => {
  const all = await sampleOf('--count', '7');
  expect(all.controls.length).toBeGreaterThan(65);
  const reads = all.controls.find(({ control }) => control === 'pci-dss/10.2.1.1');
  expect(reads?.population).toBe(60);
  expect(new Set(reads?.sample.map(({ log, index }) => `${log}:${index}`)).size).toBe(7);
  expect(all.logs.map(({ log }) => log)).toEqual(['acme-2026q1', 'acme-2026q2']);
  expect(await sampleOf('--count', '7')).toEqual(all);
});

test('is another once the log has grown, or the auditor has chosen another word', async () => {
  const control = ['--control', 'pci-dss/10.2.1'];
  const { seed } = await sampleOf(...control);
  expect((await sampleOf(...control, '--seed', 'word')).seed).not.toBe(seed);
  await world.someReads(1);
  expect((await sampleOf(...control)).seed).not.toBe(seed);
  expect((await sampleOf(...control, '--tenant', 'nobody')).controls[0]).toMatchObject({ population: 0 });
});

test.each(['0', 'x', '10001'])('refuses to draw %s', async (count) => {
  await expect(sampleOf('--count', count)).rejects.toMatchObject({ code: 'BW_CONFIG_INVALID' });
});

test('prints for people', async () => {
  await sampleCommand().parseAsync([world.directory, '--control', 'pci-dss/10.2.1.1', '--count', '2'], {
    from: 'user',
  });
  const text = printed.join('\n');
  expect(text).toMatch(/^acme-2026q1 \d+ \S+$/m);
  expect(text).toMatch(/^seed [0-9a-f]{64}$/m);
  expect(text).toContain(
    'pci-dss/10.2.1.1  Individual access to sensitive data is recorded: 60 records, 2 drawn',
  );
  expect(text.match(/^ {2}acme-2026q\d:\d+ {2}[0-9a-f]{64} {2}2026-\S+ {2}access\.read$/gm)).toHaveLength(2);
});
