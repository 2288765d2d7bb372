import type { Explanation, Reason } from './explain.ts';

/** An explanation in words, a line for each reason. */
export function explanationText(explanation: Explanation): string {
  const { matches, logsource_conflict, title, rule_id } = explanation;
  const head = `${title} (${rule_id}) ${matches ? 'matches' : 'does not match'}`;
  if (logsource_conflict !== undefined) {
    const { rule, event } = logsource_conflict;
    return `${head}: its log source ${rule} is not that of the event, ${event}`;
  }
  return [head, ...explanation.reasons.map((reason) => `  ${reasonText(reason)}`)].join('\n');
}

function reasonText(reason: Reason): string {
  const path = reason.path.length === 0 ? '' : `${reason.path.join(' > ')}: `;
  return `${path}${reason.item} ${outcome(reason)} (${reason.at.file}:${reason.at.line})`;
}

function outcome({ holds, field, present, values }: Reason): string {
  const shown = values.map((value) => JSON.stringify(value)).join(', ');
  if (holds) return values.length === 0 ? 'holds' : `holds for ${shown}`;
  if (field === undefined) return 'is in no text of the event';
  if (!present) return `fails: the event has no ${field}`;
  return values.length === 0 ? `fails: ${field} has no value` : `fails for ${shown}`;
}
