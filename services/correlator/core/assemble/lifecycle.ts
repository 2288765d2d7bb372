import type { Decision } from '#shared/avro/types.generated.ts';
import type { Lifecycle, Note } from '../model.ts';

/** Decisions that name one incident id which this incident now answers to. */
export interface DecisionGroup {
  readonly incident: string;
  /** In the order of `byTime`. */
  readonly decisions: readonly Decision[];
  /** How many of the signals that the named incident held at its last decision are in this one. */
  readonly weight: number;
}

/**
 * What people did to an incident. When several ids became one, status and assignee follow the one that brought most
 * signals (then the first by id); all notes are kept. `severity` reopens a closed incident when it is above what the
 * closing decision knew.
 */
export function lifecycleOf(
  groups: readonly DecisionGroup[],
  severity: number,
  notes_max: number,
): Lifecycle {
  let leading: DecisionGroup | undefined;
  for (const group of groups) {
    if (
      leading === undefined ||
      group.weight > leading.weight ||
      (group.weight === leading.weight && group.incident < leading.incident)
    ) {
      leading = group;
    }
  }
  let status: Lifecycle['status'] = 'open';
  let assignee: string | undefined;
  let closing: Decision | undefined;
  for (const decision of leading?.decisions ?? []) {
    if (decision.action === 'assign') assignee = decision.arguments['assignee'];
    if (decision.action === 'acknowledge' && status === 'open') status = 'acknowledged';
    if (decision.action === 'reopen') [status, closing] = ['open', undefined];
    if (decision.action === 'close') [status, closing] = ['closed', decision];
  }
  const known = Number(closing?.arguments['severity'] ?? Number.NaN);
  if (closing !== undefined && severity > known) [status, closing] = ['open', undefined];
  return {
    status,
    assignee,
    disposition: closing?.arguments['disposition'],
    closed_ns: closing?.time_ns,
    notes: notesOf(groups, notes_max),
  };
}

function notesOf(groups: readonly DecisionGroup[], notes_max: number): readonly Note[] {
  const all = groups.flatMap(({ decisions }) => decisions);
  const sorted = all.sort((a, b) =>
    a.time_ns === b.time_ns ? (a.id < b.id ? -1 : 1) : a.time_ns < b.time_ns ? -1 : 1,
  );
  return sorted.slice(-notes_max).map(({ time_ns, actor, action, reason, arguments: given }) => ({
    time_ns,
    actor,
    action,
    text: given['text'] ?? reason,
  }));
}
