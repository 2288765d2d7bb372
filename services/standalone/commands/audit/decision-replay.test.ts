import { hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NormalisedEvent } from '#shared/event/event.ts';
import { createDetector } from '#shared/sigma/create-detector.ts';
import { loadRuleSet } from '#shared/sigma/set/load.ts';
import { allFormats } from '../../events/all-formats.ts';
import { readEventFile } from '../../events/read-file.ts';
import { replayDecision } from './decision-replay.ts';
import type { JudgedLeaf } from './verdict.ts';

const root = join(import.meta.dirname, '../../../..');
const rules = join(root, 'rules');
let folder: string;
/** The records of the attack that the demonstration plays. */
let stream: string;
let leaf: JudgedLeaf;
let tool: JudgedLeaf;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'replay-'));
  stream = join(folder, 'stream.ndjson');
  const demo = join(root, 'test/fixtures/demo');
  const truth: { readonly events: readonly string[] } = JSON.parse(
    readFileSync(join(demo, 'truth.json'), 'utf8'),
  );
  const lines = readFileSync(join(demo, 'stream.ndjson'), 'utf8').split('\n').slice(0, -1);
  const attack = lines.filter((line) => truth.events.includes(hash('sha256', JSON.parse(line).value)));
  writeFileSync(stream, attack.map((line) => `${line}\n`).join(''));
  const events = readEventFile(stream, {
    formats: allFormats(),
    family: undefined,
    scope: 'acme',
  }).flatMap((entry) => entry.events);
  const result = await loadRuleSet(rules);
  if (result.kind === 'refused') throw new Error('the rules are refused');
  const detector = createDetector(result.set);
  const found = events.flatMap((event) => detector.detect(event).map(({ rule }) => ({ event, rule })));
  const said = events.flatMap((event) => event.marks.map(({ rule }) => ({ event, rule })));
  leaf = leafOf(found[0]);
  tool = leafOf(said.find(({ rule }) => rule.origin === 'tool'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function leafOf(
  found:
    | { readonly event: NormalisedEvent; readonly rule: NormalisedEvent['marks'][number]['rule'] }
    | undefined,
): JudgedLeaf {
  if (found === undefined) throw new Error('nothing is detected in the demonstration');
  const { event, rule } = found;
  const rule_sha256 = rule.sha256 ?? '';
  const facts = { event: event.id, event_hash: event.hash, family: event.family, rule: rule.id, rule_sha256 };
  return { type: 'detection.fired', tenant: 'acme', facts: { ...facts, origin: rule.origin } };
}

function withFacts(facts: Record<string, string>): JudgedLeaf {
  return { ...leaf, facts: { ...leaf.facts, ...facts } };
}

test('a detection follows from the record and the text of the rule that its leaf names', async () => {
  const replay = await replayDecision(leaf, stream, rules);
  expect(replay).toEqual({
    verdict: 'follows',
    why: `the rule ${leaf.facts['rule']} with the hash ${leaf.facts['rule_sha256']} matches the event`,
  });
});

test('the record alone is enough, without the stream around it', async () => {
  const lines = readFileSync(stream, 'utf8').split('\n').slice(0, -1);
  const value = lines
    .map((line): string => JSON.parse(line).value)
    .find((each) => hash('sha256', each) === leaf.facts['event_hash']);
  writeFileSync(join(folder, 'record.json'), value ?? '');
  expect((await replayDecision(leaf, join(folder, 'record.json'), rules)).verdict).toBe('follows');
});

test('what the tool itself said is read from the record', async () => {
  expect((await replayDecision(tool, stream, rules)).verdict).toBe('follows');
  const other = { ...tool, facts: { ...tool.facts, rule: 'falco/Another rule' } };
  expect((await replayDecision(other, stream, rules)).verdict).toBe('does not follow');
});

test('a detection that does not follow is told', async () => {
  const result = await loadRuleSet(rules);
  if (result.kind === 'refused') throw new Error('the rules are refused');
  const events = readEventFile(stream, { formats: allFormats(), family: undefined, scope: 'acme' }).flatMap(
    (entry) => entry.events,
  );
  const judged = events.find(({ id }) => id === leaf.facts['event']);
  const fired = new Set(
    judged === undefined
      ? []
      : createDetector(result.set)
          .detect(judged)
          .map((mark) => mark.rule.id),
  );
  const silent = result.set.rules.find(({ rule }) => !fired.has(rule.id))?.rule;
  const claimed = withFacts({ rule: silent?.id ?? '', rule_sha256: silent?.hash ?? '' });
  expect((await replayDecision(claimed, stream, rules)).verdict).toBe('does not follow');
});

test.each([
  ['another text of the rule', { rule_sha256: '00'.repeat(32) }, 'has the hash'],
  ['a rule that is not there', { rule: 'no-such-rule' }, 'there is no rule no-such-rule'],
  ['a record that is not there', { event_hash: '00'.repeat(32) }, 'no record'],
  ['another event of the record', { event: 'x' }, 'no record'],
  ['a correlation that is not there', { origin: 'correlation' }, 'there is no correlation rule'],
])('%s leaves it open', async (_name, facts, why) => {
  const replay = await replayDecision(withFacts(facts), stream, rules);
  expect(replay.verdict).toBe('cannot be told');
  expect(replay.why).toContain(why);
});

test('a leaf of another type is no detection', async () => {
  expect(await replayDecision({ ...leaf, type: 'access.read' }, stream, rules)).toMatchObject({
    verdict: 'cannot be told',
  });
});
