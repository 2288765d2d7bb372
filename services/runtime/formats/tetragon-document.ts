import { threatOf } from '#shared/event/attack.ts';
import type { EcsProcess, ToolDocument } from '#shared/event/ecs.ts';
import { addressFamily } from '#shared/event/endpoint.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { integer, object, text } from '#shared/event/read.ts';
import { severityOf } from '#shared/event/severity.ts';
import { readTimeField } from '#shared/event/time-field.ts';
import { subjectFields, subjectText } from './subject.ts';
import { returnValue } from './tetragon-arguments.ts';
import type { Details, ProcessKind } from './tetragon-details.ts';
import type { TetragonEvent } from './tetragon-event.ts';
import type { PolicyVerdict } from './tetragon-policy.ts';
import { tetragonProcess } from './tetragon-process.ts';

/** The ECS document of an event; what a policy enforced is an alert. */
export function documentOf(
  parts: TetragonEvent,
  verdict: PolicyVerdict | undefined,
): ToolDocument<'tetragon'> {
  const { details, event, subject, process, kind } = parts;
  const returned = returnValue(event);
  const place = subjectFields(subject);
  return {
    message: sentence(parts, verdict?.policy),
    event: {
      kind: verdict?.enforced === true ? 'alert' : 'event',
      category: details.activity.category,
      type: details.activity.type,
      action: details.action,
      outcome: returned === undefined ? undefined : returned < 0 ? 'failure' : 'success',
      severity: verdict === undefined ? undefined : severityOf(verdict.mark.rule.level),
      module: 'tetragon',
      provider: kind,
    },
    observer: { product: 'tetragon', vendor: 'Cilium', type: 'sensor', hostname: subject.node },
    rule: verdict === undefined ? undefined : { name: verdict.policy, ruleset: 'tetragon' },
    threat: verdict === undefined ? undefined : threatOf(verdict.attack),
    host: place.host,
    container: place.container,
    orchestrator: place.orchestrator,
    kubernetes: place.kubernetes,
    process: withParent(parts),
    user: process.user,
    file: details.file,
    source: details.source,
    destination: details.destination,
    network:
      details.destination === undefined && details.source === undefined
        ? undefined
        : {
            transport: details.transport,
            type: addressFamily(details.destination?.ip ?? details.source?.ip),
          },
    tetragon: toolFields(parts),
  };
}

/** protojson leaves zero out: an exit without `status` and `signal` is exit code 0. */
function withParent(parts: TetragonEvent): EcsProcess {
  const { event, process } = parts;
  const raw_parent = object(event['parent']);
  const parent = raw_parent === undefined ? undefined : tetragonProcess(raw_parent);
  // Nobody else holds it yet.
  process.parent = parent;
  if (parts.kind !== 'process_exit') return process;
  const wasKilled = text(event['signal']) !== undefined;
  process.end = readTimeField(parts.time_ns);
  process.exit_code = integer(event['status']) ?? (wasKilled ? undefined : 0);
  return process;
}

/** What Tetragon said beyond ECS. Environment variables stay in the original, where secrets are looked for. */
function toolFields(parts: TetragonEvent): ToolDocument<'tetragon'>['tetragon'] {
  const { event, record, raw_process, kind } = parts;
  return {
    type: kind,
    flags: raw_process?.['flags'],
    auid: loginUser(raw_process),
    cap: raw_process?.['cap'],
    ns: raw_process?.['ns'],
    pod_labels: object(raw_process?.['pod'])?.['pod_labels'],
    in_init_tree: raw_process?.['in_init_tree'],
    exec_probe: object(object(raw_process?.['pod'])?.['container'])?.['maybe_exec_probe'],
    binary_properties: raw_process?.['binary_properties'],
    process_credentials: raw_process?.['process_credentials'],
    parent_exec_id: raw_process?.['parent_exec_id'],
    policy_name: event['policy_name'],
    action: event['action'],
    return_action: event['return_action'],
    args: event['args'],
    return: event['return'],
    tags: event['tags'],
    message: event['message'],
    signal: event['signal'],
    status: event['status'],
    symbol: event['symbol'],
    cluster_name: record['cluster_name'],
  };
}

/** 4294967295 is unset. */
function loginUser(process: JsonObject | undefined): number | undefined {
  const auid = integer(process?.['auid']);
  return auid === 4_294_967_295 ? undefined : auid;
}

/** `/bin/vi /etc/passwd called security_file_permission (/etc/passwd) in pod default/x, policy file-monitoring`. */
function sentence(parts: TetragonEvent, policy: string | undefined): string {
  const { details, process, subject, event } = parts;
  const who = process.command_line ?? 'A process';
  const by = policy === undefined ? '' : `, policy ${policy}`;
  return `${who} ${deed(parts.kind, details, event)}${subjectText(subject)}${by}`;
}

function deed(kind: ProcessKind, details: Details, event: JsonObject): string {
  const { destination, label, action } = details;
  if (kind === 'process_exec') return 'started';
  if (kind === 'process_exit') {
    const signal = text(event['signal']);
    return signal === undefined ? `ended with status ${integer(event['status']) ?? 0}` : `ended by ${signal}`;
  }
  if (label !== undefined) return `called ${action} (${label})`;
  return destination?.ip === undefined
    ? `called ${action}`
    : `called ${action} (${destination.ip}:${destination.port ?? '?'})`;
}
