import { styleText } from 'node:util';
import type { FoundIncident, IncidentFields, TimelineRow } from './incidents.ts';

/** Rows of a timeline that are shown; the rest is counted. */
const rows_shown_max = 40;
const terms_shown_max = 8;

const severityNames: Readonly<Record<number, string>> = {
  21: 'low',
  47: 'medium',
  73: 'high',
  99: 'critical',
};

/** An incident as a responder reads it first: what, how bad and why, then event by event. */
export function describeIncident({ fields, timeline }: FoundIncident): string {
  return [
    styleText('bold', fields.title),
    ...facts(fields),
    '',
    '  Why this score',
    ...scoreLines(fields),
    '',
    '  Timeline (UTC)',
    ...timelineLines(timeline),
    '',
  ].join('\n');
}

function facts(fields: IncidentFields): readonly string[] {
  const severity = severityNames[fields.severity] ?? String(fields.severity);
  return [
    `  incident    ${fields.id} (${fields.status}${fields.opened_because === undefined ? '' : `, opened by ${fields.opened_because.kind}`})`,
    `  score       ${fields.score} of 100, severity ${severity}`,
    `  when        ${clock(fields.first)} to ${clock(fields.last)}, ${fields.events_count} events from ${fields.families.join(', ')}`,
    `  kill chain  ${fields.tactics.join(' → ')}`,
    `  techniques  ${fields.techniques.join(' ')}`,
    `  root cause  ${fields.root_cause.summary}`,
    ...(fields.could_not_see.length === 0
      ? []
      : [`  blind spots ${fields.could_not_see.length}, see incident.could_not_see`]),
  ];
}

function scoreLines(fields: IncidentFields): readonly string[] {
  const lines = fields.score_terms
    .slice(0, terms_shown_max)
    .map((term) => `    ${signed(term.points)}  ${termText(term)}`);
  const more = fields.score_terms.length - lines.length;
  return more > 0 ? [...lines, `            and ${more} more terms`] : lines;
}

function termText(term: IncidentFields['score_terms'][number]): string {
  switch (term.term) {
    case 'signal':
      return term.title ?? 'a signal';
    case 'posture':
      return `${(term.name ?? 'posture').replaceAll('_', ' ')}: ${term.because ?? ''}`;
    case 'tactics':
      return `spread over ${term.count ?? 0} tactics`;
    case 'families':
      return `seen by ${term.count ?? 0} families of tools`;
    case 'benign':
      return `${term.signals ?? 0} signals known to be benign`;
    default:
      return 'beyond 100';
  }
}

function timelineLines(timeline: readonly TimelineRow[]): readonly string[] {
  const lines = timeline.slice(0, rows_shown_max).map(rowLine);
  const more = timeline.length - lines.length;
  return more > 0 ? [...lines, `    and ${more} more rows in timeline.ndjson`] : lines;
}

function rowLine({ breakwater, message, '@timestamp': time }: TimelineRow): string {
  const what = `    ${clock(time)}  ${breakwater.family.padEnd(9)} ${mark(breakwater.level, breakwater.class)} ${message}`;
  return `${what}\n${' '.repeat(indent_of_reasons)}${styleText('dim', whyText(breakwater.why))}`;
}

const indent_of_reasons = 36;

/** Why an event belongs, in words. */
function whyText({ link, entity }: TimelineRow['breakwater']['why']): string {
  const by = entity === undefined ? '' : `: ${short(entity)}`;
  switch (link) {
    case 'first':
      return 'the first signal';
    case 'actor':
      return `same actor${by}`;
    case 'cause':
      return `caused by what came before${by}`;
    case 'caused':
      return `led to what comes after${by}`;
    case 'decision':
      return 'put there by a person';
    case 'event':
      return 'judged by several rules';
    case 'part':
      return 'part of a sequence';
    case 'context':
      return `context${by}`;
    default:
      return `${link}${by}`;
  }
}

/** A letter for the level; context is in parentheses. */
function mark(level: string, signalClass: string): string {
  const letter = level.slice(0, 1).toUpperCase();
  return signalClass === 'context' ? `(${letter})` : ` ${letter} `;
}

/** Ids are cut to what a person compares. */
function short(entity: string): string {
  const kind = entity.slice(0, entity.indexOf(':'));
  const value = entity.slice(kind.length + 1);
  return value.length > 40 ? `${kind} ${value.slice(0, 37)}…` : `${kind} ${value}`;
}

function signed(points: number): string {
  return `${points < 0 ? '-' : '+'}${Math.abs(points).toFixed(1)}`.padStart(6);
}

/** Date and time to the millisecond. */
function clock(time: string): string {
  return time.slice(0, 23).replace('T', ' ').slice(5);
}
