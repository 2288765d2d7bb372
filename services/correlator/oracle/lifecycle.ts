import type { Decision } from '#shared/avro/types.generated.ts';
import type { IncidentModel } from '../core/model.ts';
import type { OraclePart } from './parts.ts';
import { before } from './signals.ts';

/** What people did to a part. */
export function lifecycleOfPart(
  { groups }: OraclePart,
  severity: number,
  notes_max: number,
): IncidentModel['lifecycle'] {
  const [leading] = [...groups].sort((a, b) => b.weight - a.weight || (a.incident < b.incident ? -1 : 1));
  let status: 'open' | 'acknowledged' | 'closed' = 'open';
  let assignee: string | undefined;
  let closing: Decision | undefined;
  for (const decision of leading?.decisions ?? []) {
    if (decision.action === 'assign') assignee = decision.arguments['assignee'];
    else if (decision.action === 'acknowledge' && status === 'open') status = 'acknowledged';
    else if (decision.action === 'reopen') {
      status = 'open';
      closing = undefined;
    } else if (decision.action === 'close') {
      status = 'closed';
      closing = decision;
    }
  }
  const known = closing?.arguments['severity'];
  if (known !== undefined && severity > Number(known)) {
    status = 'open';
    closing = undefined;
  }
  const notes = groups
    .flatMap(({ decisions }) => decisions)
    .sort((a, b) => before({ id: a.id, t: a.time_ns }, { id: b.id, t: b.time_ns }))
    .slice(-notes_max);
  return {
    status,
    assignee,
    disposition: closing?.arguments['disposition'],
    closed_ns: closing?.time_ns,
    notes: notes.map(({ time_ns, actor, action, reason, arguments: given }) => ({
      time_ns,
      actor,
      action,
      text: given['text'] ?? reason,
    })),
  };
}
