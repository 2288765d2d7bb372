import { styleText } from 'node:util';
import type { DemoResult } from '../demo/run.ts';
import type { ReplayResult } from '../replay/run.ts';
import { describeIncident } from './incident-text.ts';
import type { FoundIncident } from './incidents.ts';
import { ledgerLines } from './ledger-text.ts';

const datasets_shown_max = 12;

/** What the demo shows when it has run on real servers. */
export function describeDemo(result: DemoResult, directory: string): string {
  const sent = [...result.sent].map(([topic, count]) => `${number(count)} ${topic.replace('raw.', '')}`);
  const indexed = [...result.indexed].toSorted(([, a], [, b]) => b - a);
  const total = indexed.reduce((sum, [, count]) => sum + count, 0);
  const shown = indexed.slice(0, datasets_shown_max).map(([dataset, count]) => `${number(count)} ${dataset}`);
  return [
    '',
    heading('Servers'),
    ...result.servers.map((server) => `  ${server}`),
    '',
    heading('Pipeline'),
    `  records in      ${sent.join(', ')}`,
    `  signals         ${number(result.signals)}`,
    `  dead letters    ${number(result.dead_letters)}`,
    `  time            ${(result.pipeline_ms / 1000).toFixed(1)} s from the first record to the last document`,
    '',
    heading('Read back from Elasticsearch'),
    `  ${number(total)} documents: ${shown.join(', ')}${indexed.length > shown.length ? ', …' : ''}`,
    '',
    ...incidents(result.incidents),
    heading('Audit ledger'),
    ...ledgerLines(result.ledger).map((line) => `  ${line}`),
    '',
    heading('Look next'),
    `  ${directory}/services.log          what the services logged`,
    `  ${directory}/ledger                the ledger; bin/breakwater audit verify ${directory}/ledger`,
    '  make up                          the same servers and services, kept running, with the API',
    '  bin/breakwater replay --help     the same pipeline over files, without servers',
    '  docs/architecture.md             how it works',
    '',
  ].join('\n');
}

/** The same for a run on embedded adapters. */
export function describeEmbeddedDemo(result: ReplayResult, out: string): string {
  const families = Object.entries(result.records_by_family).map(
    ([family, count]) => `${number(count)} ${family}`,
  );
  return [
    '',
    heading('Pipeline'),
    `  records in      ${families.join(', ')}`,
    `  events          ${number(result.events)}`,
    `  signals         ${number(result.signals)}`,
    `  dead letters    ${number(result.dead_letters)}`,
    '',
    ...incidents(result.incidents),
    heading('Audit ledger'),
    ...ledgerLines(result.ledger).map((line) => `  ${line}`),
    '',
    heading('Look next'),
    `  ${out}   events, signals, incidents, timeline (.ndjson) and the ledger`,
    '  bin/breakwater stack up --help   what real servers need on this computer',
    '',
  ].join('\n');
}

function incidents(found: readonly FoundIncident[]): readonly string[] {
  const count = found.length === 1 ? '1 incident' : `${found.length} incidents`;
  return [heading(count), '', ...found.map(describeIncident)];
}

function heading(text: string): string {
  return styleText(['bold', 'underline'], text);
}

function number(value: number): string {
  return value.toLocaleString('en');
}
