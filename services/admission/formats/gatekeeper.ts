import type { Draft, Format, FormatResult } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { parsePrincipal } from '#shared/event/kubernetes.ts';
import { boolean, text, texts } from '#shared/event/read.ts';
import { severityOf } from '#shared/event/severity.ts';
import { parseTime } from '#shared/event/time.ts';
import { policyMark } from './audit-marks.ts';
import { findingDraft, type PolicyFinding, type PolicySubject, subjectEntities } from './policy-finding.ts';

/**
 * Violations that Gatekeeper finds: its JSON log (`event_type`, snake case) and its export (`eventType`, camel case).
 * The audit finds the same violations again in every run; each finding of a run is an event.
 */
export const gatekeeper: Format = { name: 'gatekeeper', family: 'admission', recognises, normalise };

function recognises(record: JsonValue): boolean {
  if (!isJsonObject(record)) return false;
  if (typeof record['eventType'] === 'string') return record['eventType'].startsWith('violation');
  return (
    typeof record['event_type'] === 'string' &&
    (record['process'] === 'audit' || record['process'] === 'admission')
  );
}

function normalise(record: JsonObject): FormatResult {
  const violation = record['eventType'] === undefined ? readLog(record) : readExport(record);
  // Starts, ends and statistics of runs.
  if (violation === undefined) return { kind: 'drop', reason: 'gatekeeper.bookkeeping' };
  const { finding, by_request } = violation;
  const draft = findingDraft(finding, 'gatekeeper.violations', 'gatekeeper');
  return {
    kind: 'ok',
    drafts: [by_request === undefined ? draft : requestDraft(draft, finding, by_request)],
  };
}

interface Violation {
  readonly finding: PolicyFinding;
  /** Set when a request violated it; otherwise the audit found it in the cluster. */
  readonly by_request:
    | {
        readonly username: string | undefined;
        readonly groups: readonly string[] | undefined;
        readonly denied: boolean;
      }
    | undefined;
}

function readExport(record: JsonObject): Violation {
  const action = text(record['enforcementAction']);
  const subject: PolicySubject = {
    kind: text(record['resourceKind']),
    namespace: text(record['resourceNamespace']),
    name: text(record['resourceName']),
    uid: undefined,
    api_version: text(record['resourceAPIVersion']),
  };
  const username = text(record['requestUsername']);
  const byRequest = record['eventType'] === 'violation_admission';
  const denied = action === 'deny' && boolean(record['dryRun']) !== true;
  return {
    finding: finding(
      record,
      subject,
      text(record['kind']),
      text(record['name']),
      text(record['message']),
      action,
      text(record['id']),
    ),
    by_request: byRequest ? { username, groups: texts(record['requestUserGroups']), denied } : undefined,
  };
}

function readLog(record: JsonObject): Violation | undefined {
  const type = text(record['event_type']);
  if (type !== 'violation' && type !== 'violation_audited') return undefined;
  const action = text(record['constraint_action']);
  const subject: PolicySubject = {
    kind: text(record['resource_kind']),
    namespace: text(record['resource_namespace']),
    name: text(record['resource_name']),
    uid: undefined,
    api_version: text(record['resource_api_version']),
  };
  const constraint = text(record['constraint_kind']);
  const name = text(record['constraint_name']);
  const message = text(record['msg']) ?? text(record['event_msg']);
  return {
    finding: finding(record, subject, constraint, name, message, action, text(record['audit_id'])),
    by_request:
      type === 'violation'
        ? { username: text(record['request_username']), groups: undefined, denied: action === 'deny' }
        : undefined,
  };
}

function finding(
  record: JsonObject,
  subject: PolicySubject,
  constraint: string | undefined,
  name: string | undefined,
  message: string | undefined,
  action: string | undefined,
  run: string | undefined,
): PolicyFinding {
  const time_ns = parseTime(record['timestamp']) ?? parseTime(record['ts']) ?? parseTime(run);
  const about = [subject.kind, subject.namespace, subject.name].join('/');
  return {
    engine: 'gatekeeper',
    policy: name ?? constraint ?? 'unnamed',
    rule: constraint,
    result: action === 'warn' ? 'warn' : 'fail',
    severity: action === 'deny' ? 'medium' : 'low',
    category: constraint,
    message,
    subject,
    time_ns,
    dedupe_key: run === undefined ? undefined : [run, constraint, name, about, message].join('|'),
    tool: {
      enforcement_action: action ?? null,
      details: record['details'] ?? null,
      labels: record['resourceLabels'] ?? record['resource_labels'] ?? null,
    },
  };
}

/** A request that violated a constraint: somebody did it, and it was refused or let through. */
function requestDraft(
  draft: Draft,
  found: PolicyFinding,
  request: NonNullable<Violation['by_request']>,
): Draft {
  const { username, groups, denied } = request;
  const denial = { engine: 'gatekeeper', policy: found.policy, reason: found.message ?? '' } as const;
  const mark = policyMark(denial);
  const { document } = draft;
  document.user = username === undefined ? undefined : { name: username, roles: groups };
  document.event = {
    ...document.event,
    kind: denied ? 'alert' : 'event',
    category: ['api', 'configuration'],
    type: ['info', denied ? 'denied' : 'allowed'],
    severity: denied ? severityOf(mark.rule.level) : undefined,
  };
  return {
    ...draft,
    actors: username === undefined ? [] : [parsePrincipal(username).entity],
    targets: subjectEntities(found.subject),
    marks: denied ? [mark] : draft.marks,
  };
}
