import { styleText } from 'node:util';
import type { ReplayResult } from '../replay/run.ts';
import { describeIncident } from './incident-text.ts';
import { ledgerLines } from './ledger-text.ts';

/** The summary of a replay for people. */
export function describeReplay(result: ReplayResult): string {
  const { duration_ms, records } = result;
  const rate = Math.round(records / Math.max(0.001, duration_ms / 1000));
  const families = Object.entries(result.records_by_family)
    .filter(([, count]) => count > 0)
    .map(([family, count]) => `${count.toLocaleString('en')} ${family}`);
  const open = result.incidents.length;
  return [
    '',
    `${number(records)} records in ${(duration_ms / 1000).toFixed(1)} s (${number(rate)}/s): ${families.join(', ')}`,
    `${number(result.events)} events, ${number(result.signals)} signals, ${number(result.dead_letters)} dead letters${reasons(result.dead_letter_reasons)}, ${number(sum(result.left_out))} left out by policy${reasons(result.left_out)}`,
    styleText('bold', open === 1 ? '1 incident' : `${open} incidents`),
    '',
    ...result.incidents.map(describeIncident),
    ...ledgerLines(result.ledger).map((line) => `ledger ${line}`),
    `written to ${result.out}: events, signals, firings, incidents, timeline, incident-changes, dlq (.ndjson), ledger/`,
    `next: breakwater audit verify ${result.out}/ledger`,
    '',
  ].join('\n');
}

function reasons(counts: Readonly<Record<string, number>>): string {
  const all = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  return all.length === 0
    ? ''
    : ` (${all.map(([reason, count]) => `${reason} ${number(count)}`).join(', ')})`;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function number(value: number): string {
  return value.toLocaleString('en');
}
