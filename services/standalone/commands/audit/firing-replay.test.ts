import { hash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseLeaf } from '#shared/ledger/records/leaf.ts';
import { readRuleFiles } from '#shared/sigma/set/load.ts';
import { runReplay } from '../../replay/run.ts';
import { replayDecision } from './decision-replay.ts';
import { logFolders, openLog } from './files.ts';
import type { JudgedLeaf } from './verdict.ts';

const root = join(import.meta.dirname, '../../../..');
const rules = join(root, 'rules');
let folder: string;
let attack: readonly string[];
let detections: readonly JudgedLeaf[];
let firings: readonly JudgedLeaf[];

/** The attack of the demonstration goes through the whole pipeline; its ledger has the leaves. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'firing-'));
  const demo = join(root, 'test/fixtures/demo');
  const truth: { readonly events: readonly string[] } = JSON.parse(
    readFileSync(join(demo, 'truth.json'), 'utf8'),
  );
  attack = readFileSync(join(demo, 'stream.ndjson'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .filter((line) => truth.events.includes(hash('sha256', JSON.parse(line).value)));
  const stream = recording('attack', attack);
  await runReplay({
    files: [stream],
    out: join(folder, 'out'),
    scope: 'acme',
    rules: await readRuleFiles(rules),
  });
  const [folderOfLog = ''] = logFolders(join(folder, 'out/ledger'));
  const { tree } = openLog(folderOfLog);
  const leaves = [...tree.entries(0, tree.size)].map(parseLeaf);
  detections = leaves.filter(({ type }) => type === 'detection.fired');
  firings = detections.filter(({ facts }) => facts['origin'] === 'correlation');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

function recording(name: string, lines: readonly string[]): string {
  const file = join(folder, `${name}.ndjson`);
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}

function firing(at = 0): JudgedLeaf {
  const found = firings[at];
  if (found === undefined) throw new Error('no correlation fires in the demonstration');
  return found;
}

/** The leaves of the signals that the first firing names. */
function parts(): readonly JudgedLeaf['facts'][] {
  const ids = (firing().facts['part_ids'] ?? '').split(' ');
  return detections.map(({ facts }) => facts).filter(({ signal = '' }) => ids.includes(signal));
}

test('every firing of the pipeline follows from the recorded stream', async () => {
  expect(firings.length).toBeGreaterThan(1);
  const stream = recording('all', attack);
  for (const leaf of firings) expect((await replayDecision(leaf, stream, rules)).verdict).toBe('follows');
});

test('the records around it change nothing', async () => {
  const stream = join(root, 'test/fixtures/demo/stream.ndjson');
  expect((await replayDecision(firing(), stream, rules)).verdict).toBe('follows');
});

test('a recording without one of its records leaves it open, and says which signal it lacks', async () => {
  const events = new Set(parts().map(({ event_hash }) => event_hash));
  const needed = attack.filter((line) => events.has(hash('sha256', JSON.parse(line).value)));
  const files = needed.map((line, at) =>
    recording(`without-${at}`, attack.toSpliced(attack.indexOf(line), 1)),
  );
  const replays = await Promise.all(files.map((file) => replayDecision(firing(), file, rules)));
  expect(replays.length).toBe(2);
  for (const { verdict, why } of replays) {
    expect(verdict).toBe('cannot be told');
    expect(why).toMatch(/^the recording lacks \d+ of the \d+ signals: [\w-]+$/);
  }
});

test('signals that do not add up to it: does not follow', async () => {
  const [first = ''] = (firing().facts['part_ids'] ?? '').split(' ');
  const claims = [{ part_ids: first, parts: '1' }, { signal: 'another' }];
  for (const claim of claims) {
    const { verdict } = await replayDecision(
      { ...firing(), facts: { ...firing().facts, ...claim } },
      recording('all', attack),
      rules,
    );
    expect(verdict).toBe('does not follow');
  }
});

test.each([
  ['other records of the same signals', { parts_sha256: '00'.repeat(32) }, 'are not those of then'],
  ['another text of the rule', { rule_sha256: '00'.repeat(32) }, 'has the hash'],
])('%s leave it open', async (_name, claim, why) => {
  const leaf = { ...firing(), facts: { ...firing().facts, ...claim } };
  const replay = await replayDecision(leaf, recording('all', attack), rules);
  expect(replay).toMatchObject({ verdict: 'cannot be told', why: expect.stringContaining(why) });
});

test('a changed rule leaves it open', async () => {
  const changed = join(folder, 'rules');
  cpSync(rules, changed, { recursive: true });
  const { rule = '' } = firing().facts;
  const file = (await readRuleFiles(changed)).sources.find(({ text }) => text.includes(rule))?.file ?? '';
  const path = join(folder, file);
  writeFileSync(path, readFileSync(path, 'utf8').replace(/timespan: .*/, 'timespan: 1s'));
  const replay = await replayDecision(firing(), recording('all', attack), changed);
  expect(replay).toMatchObject({ verdict: 'cannot be told', why: expect.stringContaining('has the hash') });
});
