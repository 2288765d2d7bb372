import { type Entity, entityValue } from '#shared/event/entity.ts';
import { formatTime } from '#shared/event/time.ts';
import { kindOf } from '../entity/kinds.ts';
import type { Meeting } from './meeting.ts';
import type { MetOver, Side, WhyNot } from './why-not.ts';

/** The explanation in sentences, one a line. */
export function whyNotText(why: WhyNot): readonly string[] {
  const { a, b, together, meetings, decided } = why;
  const lines = [`A  ${sideText(a)}`, `B  ${sideText(b)}`, ''];
  const obstacles = [a, b].flatMap((side, at) => obstacleOf(side, at === 0 ? 'A' : 'B'));
  if (together) return [...lines, 'They are in one incident.'];
  lines.push('They are not in one incident:', ...obstacles.map(item));
  if (decided)
    lines.push(item('they would be linked, but a decision (to close or to split) keeps them apart'));
  lines.push(...meetings.map((met) => item(meetingText(met))));
  if (a.scope === undefined || b.scope === undefined) return lines;
  if (a.scope !== b.scope) {
    lines.push(item(`they are of two scopes, ${a.scope} and ${b.scope}; signals are joined within one`));
    return lines;
  }
  if (meetings.length === 0)
    lines.push(item('they have nothing in common: no process, container, pod, workload, account or address'));
  for (const [name, { unresolved }] of [
    ['A', a],
    ['B', b],
  ] as const) {
    if (unresolved.length > 0)
      lines.push(item(`who was ${unresolved.map(shown).join(', ')} in ${name}, no fact says`));
  }
  return lines;
}

/** The explanation as JSON, with its text if that is wanted; times and durations are nanoseconds, as text. */
export function whyNotJson(why: WhyNot & { readonly text?: readonly string[] }, indent = 0): string {
  return JSON.stringify(
    why,
    (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
    indent,
  );
}

function item(text: string): string {
  return `  - ${text}`;
}

function sideText({ asked, kind, signal, incident }: Side): string {
  if (signal === undefined) return `${asked}: not found`;
  const where =
    incident === undefined
      ? 'in no incident'
      : `in ${incident.open ? 'incident' : 'candidate'} ${incident.id} (score ${incident.score})`;
  return `${kind} ${asked}: ${formatTime(signal.time_ns)} ${signal.summary} [${signal.rule}], ${where}`;
}

function obstacleOf(side: Side, name: string): readonly string[] {
  const { kind, signal, incident } = side;
  if (kind === 'nothing') {
    return [
      `${name} is no signal, event or incident that is kept: it marked nothing, came too late, was counted as part of a flood, or is older than the horizon`,
    ];
  }
  switch (signal?.role) {
    case 'suppressed':
      return [`${name} is suppressed by a decision`];
    case 'context':
      return [`${name} describes a thing: it is shown with incidents about it and connects nothing`];
    case 'attach':
      return [`${name} is too weak to connect anything${joinedText(side)}`];
    case 'bridge':
    case undefined:
      return incident?.open === false
        ? [`${name} is in a candidate that is not shown: its score is too low`]
        : [];
  }
}

function joinedText({ joined, incident, left_out_of }: Side): string {
  if (left_out_of !== undefined)
    return `, and left out of ${left_out_of}, which it is near to: the same was seen before that began, it was before the attack came there, it is an owner's own work, or that was closed`;
  if (incident === undefined) return ', and nothing stronger is near enough for it to join';
  if (joined === undefined) return '; it is where a stronger signal of its event is';
  return `; it joined what is nearest${joined.entity === undefined ? '' : `, over ${shown(joined.entity)}`}`;
}

function meetingText({ entity, meeting }: MetOver): string {
  return `${shown(entity)}: ${reasonText(meeting)}`;
}

function reasonText(meeting: Meeting): string {
  switch (meeting.kind) {
    case 'links':
      return 'links them';
    case 'never':
      return 'many share it, so it links nothing';
    case 'reused':
      return `was ${listOf(meeting.first)} at the earlier time and ${listOf(meeting.second)} at the later`;
    case 'no_part':
      return 'is only passed by or described in one of them';
    case 'target_only':
      return 'both act on it; that is no link, as everybody may';
    case 'weak':
      return 'signals as weak as these do not join over it';
    case 'effect_first':
      return 'it acted before it was acted on';
    case 'cause_only':
      return 'both are its acts, and such acts link only to what was done to it before';
    case 'other_cause':
      return `its act follows from something later that was done to it: signal ${meeting.signal}`;
    case 'hub':
      return `${meeting.others} workloads or people deal with it in that hour, more than ${meeting.others_max}: a hub`;
    case 'apart':
      return `${durationOf(meeting.apart_ns)} apart, more than the ${durationOf(meeting.limit_ns)} ${limitText(meeting)}`;
  }
}

function limitText({ rate }: Extract<Meeting, { kind: 'apart' }>): string {
  if (rate === undefined) return 'within which weak signals join';
  return rate === 'ordinary' ? 'that it links over' : `that it links over while it is ${rate}`;
}

function listOf(entities: readonly Entity[]): string {
  return entities.length === 0 ? 'nobody known' : entities.map(shown).join(' and ');
}

function shown(entity: Entity): string {
  return `${kindOf(entity)} ${entityValue(entity)}`;
}

const second_ns = 1_000_000_000n;
const units = [
  ['d', 86_400n],
  ['h', 3600n],
  ['min', 60n],
  ['s', 1n],
] as const;

/** The two largest units that a duration has. */
function durationOf(duration_ns: bigint): string {
  let rest = duration_ns / second_ns;
  const parts: string[] = [];
  for (const [unit, seconds] of units) {
    const count = rest / seconds;
    rest %= seconds;
    if (count > 0n) parts.push(`${count} ${unit}`);
  }
  return parts.length === 0 ? 'less than 1 s' : parts.slice(0, 2).join(' ');
}
