/**
 * What the rules see of labelled attacks, and what they make of ordinary life: for each recorded campaign how many
 * records of each kind have a signal, by the highest level of their signals, which sequences fire, and at the end the
 * confusion table: key records with and without a signal, benign alerts with one of level high or above.
 *
 *     node test/bench/rule-coverage.ts [--rules DIR] [--json] [CAMPAIGN…]
 *
 * Campaigns are read from `$BREAKWATER_SHARED/campaigns`, else `../shared/campaigns`. In the tables by level, records
 * that have only signals of class `context` stand apart: such signals are shown with an incident, but neither open nor
 * join one. The confusion table counts signals of every class, and firings of sequences with all their parts. Exit
 * status 1 when fewer than 95 % of the key records have a signal, or a benign alert one of level high or above.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Level, Signal } from '#shared/avro/types.generated.ts';
import { signalsOf } from '#shared/ingest/signals.ts';
import { createCorrelations } from '#shared/sigma/correlation/create-correlations.ts';
import { createDetector } from '#shared/sigma/create-detector.ts';
import { rulesRefused } from '#shared/sigma/refused.ts';
import { loadRuleSet } from '#shared/sigma/set/load.ts';
import type { RuleSet } from '#shared/sigma/set/rule-set.ts';
import { allFormats } from '../../services/standalone/events/all-formats.ts';
import { readEventFile } from '../../services/standalone/events/read-file.ts';
import {
  type Confusion,
  confusionOf,
  confusionText,
  hashesOfSignals,
  keyShare,
} from './rule-coverage/confusion.ts';
import { type Label, labels, readLabels } from './rule-coverage/labels.ts';

const key_share_min = 0.95;
const columns = ['none', 'context', 'informational', 'low', 'medium', 'high', 'critical'] as const;
type Column = 'none' | 'context' | Level;

interface Coverage {
  readonly campaign: string;
  readonly confusion: Confusion;
  readonly table: Readonly<Record<Label, Readonly<Record<Column, number>>>>;
  readonly sequences: readonly Sequence[];
}

/** Firings of one correlation rule. */
interface Sequence {
  readonly title: string;
  readonly level: Level;
  readonly opener: boolean;
  /** Firings that hold a record of an attack, and firings that do not. */
  readonly attacks: number;
  readonly others: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rules: { type: 'string', default: 'rules' }, json: { type: 'boolean', default: false } },
});
const campaigns = join(process.env.BREAKWATER_SHARED ?? '../shared', 'campaigns');
if (existsSync(campaigns)) await main();
else console.log(`SKIPPED: no labelled campaigns in ${campaigns}; set BREAKWATER_SHARED`);

async function main(): Promise<void> {
  const loaded = await loadRuleSet(values.rules);
  if (loaded.kind === 'refused') throw rulesRefused(loaded.problems);
  const all = readdirSync(campaigns).filter((name) => existsSync(join(campaigns, name, 'truth.json')));
  const results = (positionals.length === 0 ? all : positionals).map((name) => cover(name, loaded.set));
  for (const result of results) console.log(values.json ? JSON.stringify(result) : tableText(result));
  if (!values.json) console.log(confusionText(results));
  if (results.some(falls)) process.exitCode = 1;
}

function cover(campaign: string, set: RuleSet): Coverage {
  const labelled = readLabels(join(campaigns, campaign, 'truth.json'));
  const labelOf = (hash: string): Label => labelled.get(hash) ?? 'noise';
  const detector = createDetector(set);
  // What gave no event has no signal either, and counts.
  const best = new Map<string, Column>([...labelled.keys()].map((hash) => [hash, 'none']));
  const signals: Signal[] = [];
  const file = join(campaigns, campaign, 'stream.ndjson');
  for (const { events } of readEventFile(file, {
    formats: allFormats(),
    family: undefined,
    scope: 'bench',
  })) {
    for (const event of events) {
      const marks = [...event.marks, ...detector.detect(event)];
      const made = signalsOf({ ...event, marks }, detector.signal_fields);
      signals.push(...made);
      best.set(event.hash, made.map(columnOf).reduce(higher, best.get(event.hash) ?? 'none'));
    }
  }
  const table = emptyTable();
  for (const [hash, column] of best) table[labelOf(hash)][column] += 1;
  const { fired } = createCorrelations(set).add(signals);
  return {
    campaign,
    confusion: confusionOf(labelled, signals, fired),
    table,
    sequences: sequencesOf(signals, fired, labelOf),
  };
}

function columnOf({ class: kind, rule }: Signal): Column {
  return kind === 'context' ? 'context' : rule.level;
}

function higher(a: Column, b: Column): Column {
  return columns.indexOf(b) > columns.indexOf(a) ? b : a;
}

function emptyRow(): Record<Column, number> {
  return { none: 0, context: 0, informational: 0, low: 0, medium: 0, high: 0, critical: 0 };
}

function emptyTable(): Record<Label, Record<Column, number>> {
  return {
    key: emptyRow(),
    attack: emptyRow(),
    context: emptyRow(),
    benign: emptyRow(),
    noise: emptyRow(),
  };
}

function sequencesOf(
  signals: readonly Signal[],
  fired: readonly Signal[],
  labelOf: (hash: string) => Label,
): readonly Sequence[] {
  const hashesOf = hashesOfSignals([...signals, ...fired]);
  const isAttack = (firing: Signal): boolean =>
    hashesOf(firing).some((hash) => ['key', 'attack', 'context'].includes(labelOf(hash)));
  const byRule = new Map<string, Signal[]>();
  for (const firing of fired) byRule.set(firing.rule.id, [...(byRule.get(firing.rule.id) ?? []), firing]);
  return [...byRule.values()].flatMap((firings) => {
    const [first] = firings;
    if (first === undefined) return [];
    const attacks = firings.filter(isAttack).length;
    const { title, level } = first.rule;
    return [{ title, level, opener: first.opener, attacks, others: firings.length - attacks }];
  });
}

function falls({ confusion }: Coverage): boolean {
  return keyShare(confusion) < key_share_min || confusion.benign_alerts_high > 0;
}

function tableText(coverage: Coverage): string {
  const { campaign, confusion, table, sequences } = coverage;
  const row = (name: string, cells: readonly (string | number)[]): string =>
    name.padEnd(10) + cells.map((cell) => String(cell).padStart(15)).join('');
  return [
    `${campaign}: ${(100 * keyShare(confusion)).toFixed(1)} % of the key records have a signal`,
    row('', columns),
    ...labels.map((label) =>
      row(
        label,
        columns.map((column) => table[label][column]),
      ),
    ),
    ...sequences.map(
      ({ title, level, opener, attacks, others }) =>
        `  ${opener ? 'opens  ' : '       '}${level.padEnd(9)}${attacks} in attacks, ${others} elsewhere: ${title}`,
    ),
    '',
  ].join('\n');
}
