import { styleText } from 'node:util';
import type { IncidentChange, IncidentState } from '../backtest/compare-incidents.ts';
import type { Change, Difference, SignalChange } from '../backtest/compare-signals.ts';
import type { Backtest, BeforeAfter } from '../backtest/run.ts';
import type { RuleTally } from '../backtest/tally.ts';

/** Signals shown for one rule and one kind of change; the others are counted. */
const examples_max = 3;
const rules_shown_max = 30;
const incidents_shown_max = 20;
const events_shown_max = 5;
const reasons_shown_max = 6;
const entities_shown_max = 4;

const signs: Readonly<Record<Change, string>> = { appeared: '+', vanished: '-', changed: '~' };

/** A backtest as a detection engineer reads it: what is on trial, what it costs in noise, what it changes. */
export function describeBacktest(result: Backtest): string {
  const { records, rules } = result;
  return [
    `${number(records)} records, ${spanText(result)}`,
    ...unreadLines(result),
    `rules ${arrow(rules)}, signals ${arrow(result.signals)}, incidents ${arrow(result.incidents)}`,
    '',
    ...trialLines(result),
    ...ruleLines(result.tallies),
    ...signalLines(result),
    ...incidentLines(result),
  ].join('\n');
}

function spanText({ hours, first_hour, last_hour }: Backtest): string {
  if (first_hour === undefined || last_hour === undefined) return 'no events';
  return `events in ${number(hours)} ${hours === 1 ? 'hour' : 'hours'} from ${first_hour}:00 to ${last_hour}:59 UTC`;
}

/** True when both sets of rules found the same. */
export function isUnchanged({ signal_changes, incident_changes }: Backtest): boolean {
  return signal_changes.length + incident_changes.length === 0;
}

/** What could not be read, and what to do when that is everything. */
function unreadLines({ dead_letters, dead_letter_reasons, hours }: Backtest): readonly string[] {
  if (dead_letters === 0) return [];
  const reasons = Object.entries(dead_letter_reasons).map(([reason, count]) => `${reason} ${number(count)}`);
  const line = `${number(dead_letters)} dead letters: ${reasons.join(', ')}`;
  const isForeign = hours === 0 && reasons.some((reason) => reason.startsWith('stream.'));
  return isForeign
    ? [line, "No line is a recorded record: for a tool's own file, give its --family."]
    : [line];
}

function trialLines({ on_trial, tallies }: Backtest): readonly string[] {
  if (on_trial.length === 0) return ['The candidate has no rule that differs from the present set.', ''];
  const filters = on_trial.filter(({ kind, state }) => kind === 'filter' && state !== 'removed');
  const silent = tallies.filter(
    ({ on_trial: trial, after }) => trial !== undefined && trial !== 'removed' && after === 0,
  );
  const lines = [
    ...(filters.length === 0
      ? []
      : [`Filters on trial: ${filters.map(({ title, state }) => `${title} (${state})`).join('; ')}`]),
    ...(silent.length === 0 ? [] : [`Never fires here: ${silent.map(({ rule }) => rule).join('; ')}`]),
  ];
  return lines.length === 0 ? [] : [...lines, ''];
}

function ruleLines(tallies: readonly RuleTally[]): readonly string[] {
  const touched = tallies.filter(
    ({ on_trial, appeared, vanished, changed }) =>
      on_trial === 'new' || on_trial === 'changed' || appeared + vanished + changed > 0,
  );
  if (touched.length === 0) return [];
  return [
    row(['rule', '', 'level', 'before', 'after', 'a day']),
    ...touched.slice(0, rules_shown_max).map(ruleLine),
    ...more(touched.length - rules_shown_max, 'rules'),
    '',
  ];
}

function ruleLine({ rule, level, on_trial, before, after, ...tally }: RuleTally): string {
  const day = `${number(tally.before_per_day)} → ${number(tally.after_per_day)}`;
  return row([rule, on_trial ?? '', level, number(before), number(after), day]);
}

function row([
  rule = '',
  state = '',
  level = '',
  before = '',
  after = '',
  day = '',
]: readonly string[]): string {
  const name = rule.length > 58 ? `${rule.slice(0, 57)}…` : rule;
  return `  ${name.padEnd(58)} ${state.padEnd(8)} ${level.padEnd(13)} ${before.padStart(8)} ${after.padStart(8)}   ${day}`;
}

function signalLines({ signal_changes }: Backtest): readonly string[] {
  const lines = [styleText('bold', `Signals: ${counts(signal_changes)}`)];
  const groups = Map.groupBy(signal_changes, ({ rule_id, change }) => `${rule_id} ${change}`);
  for (const group of [...groups.values()].slice(0, rules_shown_max)) {
    for (const change of group.slice(0, examples_max)) lines.push(...signalText(change));
    lines.push(
      ...more(
        group.length - examples_max,
        `of ${group[0]?.rule ?? ''}`,
        signs[group[0]?.change ?? 'changed'],
      ),
    );
  }
  return [...lines, ...more(groups.size - rules_shown_max, 'rules'), ''];
}

function signalText(signal: SignalChange): readonly string[] {
  const { change, time, level, rule, event_id, summary, actors, targets, differences } = signal;
  return [
    `  ${signs[change]} ${clock(time)}  ${level.padEnd(8)} ${rule}`,
    `      ${summary}`,
    `      event ${event_id}${list(' by', actors)}${list(' on', targets)}`,
    ...differences.map((difference) => `      ${differenceText(difference)}`),
  ];
}

function list(word: string, entities: readonly string[]): string {
  if (entities.length === 0) return '';
  const others = entities.length - entities_shown_max;
  const shown = entities.slice(0, entities_shown_max).join(' ');
  return `${word} ${shown}${others > 0 ? ` and ${others} more` : ''}`;
}

function differenceText({ field, before, after }: Difference): string {
  if (typeof before !== 'object' || typeof after !== 'object')
    return `${field}: ${String(before)} → ${String(after)}`;
  const gone = before.filter((item) => !after.includes(item)).map((item) => `-${item}`);
  const come = after.filter((item) => !before.includes(item)).map((item) => `+${item}`);
  return `${field}: ${[...gone, ...come].join(' ') || 'in another order'}`;
}

function incidentLines({ incident_changes }: Backtest): readonly string[] {
  return [
    styleText('bold', `Incidents: ${counts(incident_changes)}`),
    ...incident_changes.slice(0, incidents_shown_max).flatMap(incidentText),
    ...more(incident_changes.length - incidents_shown_max, 'incidents'),
    '',
  ];
}

function incidentText(incident: IncidentChange): readonly string[] {
  const { change, before, after, events_gained, events_lost, reasons, shares_events_with } = incident;
  const state = after ?? before;
  if (state === undefined) return [];
  const isChanged = change === 'changed';
  return [
    `  ${signs[change]} ${state.title}`,
    `      ${stateText(before, after)}`,
    ...(isChanged && before?.title !== after?.title ? [`      title before: ${before?.title ?? ''}`] : []),
    ...(shares_events_with.length === 0 ? [] : [`      shares events with ${shares_events_with.join(' ')}`]),
    ...(isChanged ? reasonLines(reasons) : []),
    ...(isChanged ? [...eventLines('+', events_gained), ...eventLines('-', events_lost)] : []),
  ];
}

function stateText(before: IncidentState | undefined, after: IncidentState | undefined): string {
  const both = (read: (state: IncidentState) => string | number): string => {
    const [old, now] = [before && read(before), after && read(after)];
    return old === undefined || now === undefined || old === now ? String(now ?? old) : `${old} → ${now}`;
  };
  return [
    `incident ${both(({ id }) => id)}`,
    `score ${both(({ score }) => score)}`,
    `${both(({ events }) => events)} events`,
    `opened by ${both(({ opened_by }) => opened_by ?? 'nothing')}`,
    `${both(({ first }) => clock(first))} to ${both(({ last }) => clock(last))}`,
  ].join(', ');
}

function reasonLines(reasons: IncidentChange['reasons']): readonly string[] {
  const lines = reasons
    .slice(0, reasons_shown_max)
    .map(({ reason, before, after }) => `      ${points(before)} → ${points(after)} points: ${reason}`);
  return [...lines, ...more(reasons.length - reasons_shown_max, 'reasons', '     ')];
}

function points(value: number | undefined): string {
  return value === undefined ? '0' : value.toFixed(1);
}

function eventLines(sign: string, events: IncidentChange['events_gained']): readonly string[] {
  const lines = events
    .slice(0, events_shown_max)
    .map(({ time, event_id, summary }) => `      ${sign} event ${clock(time)} ${summary} (${event_id})`);
  return [...lines, ...more(events.length - events_shown_max, 'events', `     ${sign}`)];
}

function counts(changes: readonly { readonly change: Change }[]): string {
  if (changes.length === 0) return 'the same';
  const count = (wanted: Change): string => number(changes.filter(({ change }) => change === wanted).length);
  return `${count('appeared')} appeared, ${count('vanished')} vanished, ${count('changed')} changed`;
}

function more(count: number, what: string, sign = ''): readonly string[] {
  return count > 0 ? [`  ${sign} and ${number(count)} more ${what}`] : [];
}

function arrow({ before, after }: BeforeAfter): string {
  return before === after ? number(after) : `${number(before)} → ${number(after)}`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}

/** Month, day and time to the millisecond. */
function clock(time: string): string {
  return time.slice(5, 23).replace('T', ' ');
}
