import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { readRuleFiles } from '#shared/sigma/set/load.ts';
import { runReplay } from '../replay/run.ts';
import { describeReplay } from './replay-text.ts';

/** The README shows what the demonstration prints; `…` stands for what it leaves out. */

const root = join(import.meta.dirname, '../../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
let printed: string;

/** Lines are folded for the page. */
const unfolded = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** The fenced block that begins with a line. */
function block(first: string): string {
  return readme.split('```\n').find((text) => text.startsWith(first)) ?? '';
}

function expectInOrder(shown: string): void {
  let at = 0;
  for (const piece of shown.split('…').map(unfolded)) {
    const found = printed.indexOf(piece, at);
    expect(found, piece).toBeGreaterThanOrEqual(at);
    at = found + piece.length;
  }
}

beforeAll(async () => {
  const out = mkdtempSync(join(tmpdir(), 'readme-'));
  const rules = await readRuleFiles(join(root, 'rules'), { tests: false });
  const files = [join(root, 'test/fixtures/demo/stream.ndjson')];
  printed = unfolded(
    stripVTControlCharacters(describeReplay(await runReplay({ files, out, scope: 'default', rules }))),
  );
});

test('the incident of the demonstration is what the README shows', () => {
  const [, incident = ''] = block('Servers').split('1 incident');
  expect(incident).toContain('Timeline');
  expectInOrder(incident.slice(0, incident.indexOf('Audit ledger')));
});

test('the summary of a replay is what the README shows', () => {
  expectInOrder(block('2,'));
});
