import type { ToolDocument } from '#shared/event/ecs.ts';
import type { Draft, Format, FormatResult, Mark } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, list, object, text } from '#shared/event/read.ts';
import { severityOf } from '#shared/event/severity.ts';
import { policyMark } from './audit-marks.ts';
import { type Evaluation, evaluationSpans, readLogLine, readSpan } from './kubewarden-evaluation.ts';
import { subjectEntities } from './policy-finding.ts';
import { singular } from './resource-kind.ts';

/**
 * What the policies of Kubewarden answered: the policy server's JSON log (`KUBEWARDEN_LOG_FMT=json`) and its
 * OpenTelemetry spans. Bare requests in its log are read as `admissionreview`.
 */
export const kubewarden: Format = { name: 'kubewarden', family: 'admission', recognises, normalise };

function recognises(record: JsonValue): boolean {
  return isJsonObject(record) && (isLogLine(record) || isSpan(record));
}

/** Rust's tracing library writes all logs so: the target, or the policy, tells whose line it is. */
function isLogLine(record: JsonObject): boolean {
  if (typeof record['timestamp'] !== 'string' || typeof record['level'] !== 'string') return false;
  const fields = object(record['fields']);
  if (fields === undefined || typeof record['target'] !== 'string') return false;
  return /^policy_(?:server|evaluator)\b/.test(record['target']);
}

function isSpan(record: JsonObject): boolean {
  if (typeof record['spanId'] !== 'string') return false;
  const name = text(record['name']) ?? '';
  return (
    innerSpans.has(name) ||
    (evaluationSpans.has(name) &&
      list(record['attributes']).some((attribute) => at(attribute, 'key') === 'policy_id'))
  );
}

/** Steps within an evaluation, which say nothing that it does not. */
const innerSpans: ReadonlySet<string> = new Set(['policy_eval', 'policy_log']);

function normalise(record: JsonObject): FormatResult {
  const evaluation = isSpan(record) ? readSpan(record) : readLogLine(record);
  // What the server and its policies log beside their answers.
  if (evaluation === undefined) return { kind: 'drop', reason: 'kubewarden.no_answer' };
  return { kind: 'ok', drafts: [draftOf(evaluation)] };
}

function draftOf(evaluation: Evaluation): Draft {
  const { policy, allowed, monitored, reason, request_uid } = evaluation;
  const denied = !allowed && !monitored && !evaluation.audited;
  const mark = policyMark({ engine: 'kubewarden', policy, reason: reason ?? 'no reason given' });
  const targets = subjectEntities({ ...evaluation, uid: undefined, api_version: undefined });
  const asked = request_uid === undefined ? undefined : `${request_uid}|${policy}`;
  return {
    time_ns: evaluation.time_ns,
    dataset: 'kubewarden.evaluations',
    dedupe_key: asked === undefined ? undefined : `${asked}|${monitored ? 'monitor' : 'answer'}`,
    document: documentOf(evaluation, denied, severityOf(mark.rule.level)),
    // The server does not say who asked.
    actors: [],
    targets,
    marks: denied ? [mark] : allowed || targets.length === 0 ? [] : [contextMark(mark, policy, reason)],
  };
}

/** What would have been refused describes the object that was let in. */
function contextMark(mark: Mark, policy: string, reason: string | undefined): Mark {
  return {
    rule: { ...mark.rule, title: `Policy ${policy}`, origin: 'posture' },
    class: 'context',
    summary: `Let in against ${policy} (kubewarden)${reason === undefined ? '' : `: ${reason}`}`,
  };
}

function documentOf(
  evaluation: Evaluation,
  denied: boolean,
  severity: ReturnType<typeof severityOf>,
): ToolDocument<'kubewarden'> {
  const { policy, allowed, monitored, audited, reason, kind, namespace, name, host } = evaluation;
  const { operation, resource, group, version, subresource } = evaluation;
  const verdict = allowed ? 'accepts' : denied ? 'rejects' : 'would reject';
  const object_name = [namespace, name].filter((part) => part !== undefined).join('/');
  const what = [operation?.toLowerCase(), kind ?? resource ?? 'a request', object_name];
  return {
    message: `Policy ${policy} ${verdict} ${what.filter(Boolean).join(' ')}${reason === undefined ? '' : `: ${reason}`}`,
    event: {
      kind: denied ? 'alert' : 'event',
      category: ['api', 'configuration'],
      type: ['info', ...(audited ? [] : [denied ? 'denied' : 'allowed'])],
      action: `policy-${allowed ? 'pass' : 'fail'}`,
      outcome: allowed ? 'success' : 'failure',
      severity: denied ? severity : undefined,
      module: 'kubewarden',
      reason,
    },
    observer: { product: 'kubewarden', vendor: 'Kubewarden', type: 'policy', hostname: host },
    rule: { name: policy, ruleset: 'kubewarden' },
    http: evaluation.code === undefined ? undefined : { response: { status_code: evaluation.code } },
    orchestrator: {
      type: 'kubernetes',
      api_version: group === undefined ? version : `${group}/${version ?? ''}`,
      namespace,
      resource: { type: resource === undefined ? kind?.toLowerCase() : singular(resource), name },
    },
    kubernetes: { namespace, pod: kind === 'Pod' && name !== undefined ? { name } : undefined },
    kubewarden: {
      request_uid: evaluation.request_uid,
      mode: monitored ? 'monitor' : audited ? 'audit' : 'protect',
      operation,
      subresource,
      mutated: evaluation.mutated,
    },
  };
}
