import type { Draft, Format, FormatResult, Mark, RecordContext } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { text } from '#shared/event/read.ts';
import { isSystemCallSource } from './falco-activity.ts';
import { type FalcoAlert, falcoAlert } from './falco-alert.ts';
import { documentOf } from './falco-document.ts';
import { actorsOf, targetsOf } from './falco-entities.ts';
import { type FalcoEvent, readAlert } from './falco-event.ts';
import { falcoInternal, isInternal } from './falco-internal.ts';
import { priorityMeaning } from './falco-verdict.ts';
import { subjectFacts } from './subject.ts';

/** Alerts of Falco, as it writes them or as falcosidekick passes them on. */
export const falco: Format = { name: 'falco', family: 'runtime', recognises, normalise };

function recognises(record: JsonValue): boolean {
  if (!isJsonObject(record)) return false;
  const priority = record['priority'];
  return (
    typeof record['rule'] === 'string' &&
    typeof priority === 'string' &&
    typeof record['time'] === 'string' &&
    (typeof record['output'] === 'string' || isJsonObject(record['output_fields'])) &&
    priorityMeaning(priority) !== undefined
  );
}

function normalise(record: JsonObject, context: RecordContext): FormatResult {
  const alert = falcoAlert(record, context);
  const draft = isInternal(alert) ? falcoInternal(alert) : alertDraft(readAlert(alert), context);
  return { kind: 'ok', drafts: [draft] };
}

function alertDraft(event: FalcoEvent, context: RecordContext): Draft {
  const { alert, subject } = event;
  return {
    time_ns: alert.time_ns,
    dataset: 'falco.alerts',
    dedupe_key: dedupeKey(alert),
    document: documentOf(event),
    actors: actorsOf(event),
    targets: targetsOf(event),
    marks: [markOf(event)],
    facts: subjectFacts(subject, alert.time_ns ?? context.arrival_ns),
  };
}

function markOf({ alert, verdict }: FalcoEvent): Mark {
  const { rule_id, attack } = verdict.meaning;
  return {
    rule: { id: rule_id, title: alert.rule, level: verdict.level, origin: 'tool' },
    tactics: attack.tactics,
    techniques: attack.techniques,
  };
}

/**
 * Falco has no id of an alert, and falcosidekick makes one for each delivery. Time in ns, host, rule and subject name
 * an alert of the system; alerts of plugins have coarser times, so all of their fields count.
 */
function dedupeKey(alert: FalcoAlert): string {
  const { command_line, descriptor, fields } = alert;
  const what = isSystemCallSource(alert.source)
    ? `${text(fields['container.id'])}|${text(fields['proc.pid'])}|${command_line}|${descriptor}`
    : JSON.stringify(fields);
  return `${alert.time_ns}|${alert.hostname}|${alert.rule}|${what}`;
}
