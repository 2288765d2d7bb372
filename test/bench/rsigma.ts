import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMatcher } from '#shared/sigma/match/matcher.ts';
import type { CompiledRule } from '#shared/sigma/set/rule-set.ts';
import { buildPeer, hasCargo } from './rsigma/build.ts';
import { type Peer, startPeer } from './rsigma/peer.ts';
import { containerEvents } from './sigma/container-events.ts';
import { corpusFolders, corpusText, ownRules, plainRules } from './sigma/corpus.ts';
import { type BenchEvent, generateEvents } from './sigma/events.ts';
import { cpuOf, median } from './sigma/measure.ts';

/**
 * A race with rsigma-eval (Rust): the same rules, the same events, one thread each, JSON parsing included on both sides.
 * Verdicts are compared first and every difference is listed; then rounds in turn, and the ratio of CPU time.
 *
 *     node test/bench/rsigma.ts [PROGRAM]
 *
 * PROGRAM is a peer that is built already; without it, cargo builds one under `.breakwater`.
 */
const rounds = 9;
const warm_up_rounds = 3;
const event_count = 4_000;
const seed = 1;
const differences_shown = 20;

const program = process.argv[2] ?? (hasCargo() ? buildPeer('.breakwater/bench/rsigma') : undefined);
if (program === undefined) console.log('SKIPPED: no cargo here, so that rsigma cannot be built');
else {
  const rules = await plainRules();
  console.log(`${rules.length} rules of ${corpusText}`);
  await race(program, 'as tools write', rules, generateEvents(event_count, seed));
  await race(program, 'container events', rules, [...containerEvents().values()].flat());
}

async function race(
  path: string,
  name: string,
  rules: readonly CompiledRule[],
  events: readonly BenchEvent[],
): Promise<void> {
  const peer = await startPeer(path, ruleFiles(), events);
  compare(name, peer, rules, events);
  const matcher = createMatcher(rules);
  const samples: { ours: number; theirs: number; their_parse: number }[] = [];
  for (let round = 0; round < warm_up_rounds + rounds; round += 1) {
    const ours = cpuOf(() => {
      for (const { json, logsource } of events) matcher.match(logsource, JSON.parse(json));
    });
    const { total_us, parse_us } = await peer.round();
    if (round >= warm_up_rounds) samples.push({ ours, theirs: total_us, their_parse: parse_us });
  }
  peer.stop();
  const each = (values: readonly number[]): string => (median(values) / events.length).toFixed(2);
  console.log(
    `${name}: ${each(samples.map(({ ours }) => ours))} µs an event, rsigma ${each(samples.map(({ theirs }) => theirs))} µs (of which parsing ${each(samples.map(({ their_parse }) => their_parse))}), ratio ${median(samples.map(({ ours, theirs }) => ours / theirs)).toFixed(2)}`,
  );
}

/** The files that hold rules for single events; pipelines are ours alone here. */
function ruleFiles(): readonly string[] {
  return [ownRules, ...corpusFolders]
    .flatMap((folder) => globSync('**/*.yml', { cwd: folder }).map((file) => join(folder, file)))
    .filter((file) => /^detection:/m.test(readFileSync(file, 'utf8')))
    .sort();
}

function compare(
  name: string,
  peer: Peer,
  rules: readonly CompiledRule[],
  events: readonly BenchEvent[],
): void {
  const matcher = createMatcher(rules);
  const titles = new Map(rules.map(({ rule }) => [rule.id, rule.title]));
  const differences = new Map<string, number>();
  let matches = 0;
  for (const [index, { json, logsource }] of events.entries()) {
    const ours = new Set(matcher.match(logsource, JSON.parse(json)).map(({ rule }) => rule.id));
    const theirs = new Set((peer.verdicts[index] ?? '').split(' ').filter((id) => id !== ''));
    matches += ours.size;
    for (const id of ours.symmetricDifference(theirs)) {
      const text = `${ours.has(id) ? 'only here' : 'only rsigma'}: ${titles.get(id) ?? id}`;
      differences.set(text, (differences.get(text) ?? 0) + 1);
    }
  }
  const unlike = [...differences.values()].reduce((sum, count) => sum + count, 0);
  console.log(
    `${name}: ${events.length} events, ${matches} matches, ${unlike} verdicts differ; rsigma took ${peer.rule_count} rules`,
  );
  for (const refusal of peer.refusals) console.log(`  ${refusal}`);
  for (const [text, count] of [...differences].slice(0, differences_shown))
    console.log(`  ${count} × ${text}`);
}
