import type { Format, FormatResult } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { object, text } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import { findingDraft, type PolicyFinding, readSubject } from './policy-finding.ts';

/** Single results as Policy Reporter's webhook target posts them. */
export const policyReporter: Format = { name: 'policy-reporter', family: 'admission', recognises, normalise };

function recognises(record: JsonValue): boolean {
  return (
    isJsonObject(record) &&
    typeof record['policy'] === 'string' &&
    typeof record['status'] === 'string' &&
    isJsonObject(record['resource']) &&
    'creationTimestamp' in record
  );
}

function normalise(record: JsonObject): FormatResult {
  const result = text(record['status'])?.toLowerCase() ?? 'unknown';
  if (result === 'pass' || result === 'skip') return { kind: 'drop', reason: 'policyreport.all_pass' };
  const subject = readSubject(object(record['resource']));
  const policy = text(record['policy']) ?? 'unnamed';
  const rule = text(record['rule']);
  const time_ns = parseTime(record['creationTimestamp']);
  const finding: PolicyFinding = {
    engine: (text(record['source']) ?? 'policyreport').toLowerCase(),
    policy,
    rule,
    result,
    severity: text(record['severity']),
    category: text(record['category']),
    message: text(record['message']),
    subject,
    time_ns,
    dedupe_key: [
      subject.uid ?? `${subject.kind}/${subject.namespace}/${subject.name}`,
      policy,
      rule,
      result,
      time_ns,
    ].join('|'),
    tool: { priority: record['priority'] ?? null, properties: record['properties'] ?? null },
  };
  return { kind: 'ok', drafts: [findingDraft(finding, 'kubernetes.policy', 'policy-reporter')] };
}
