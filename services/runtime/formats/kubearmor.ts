import type { Level } from '#shared/avro/types.generated.ts';
import { addressEntity } from '#shared/event/address.ts';
import { attackOfTags, threatOf } from '#shared/event/attack.ts';
import { parseContainerId } from '#shared/event/container.ts';
import type { EcsEndpoint, EcsProcess, ToolDocument } from '#shared/event/ecs.ts';
import { endpointOf, transportOf } from '#shared/event/endpoint.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import { baseName, fileAt } from '#shared/event/file-path.ts';
import type { Draft, Format, FormatResult, Mark, RecordContext } from '#shared/event/format.ts';
import { parseImageReference } from '#shared/event/image.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { integer, object, text, texts } from '#shared/event/read.ts';
import { severityOf } from '#shared/event/severity.ts';
import { parseTime } from '#shared/event/time.ts';
import type { Activity } from './activity.ts';
import { ruleSlug } from './rule-slug.ts';
import { type Subject, subjectEntities, subjectFacts, subjectFields, subjectText } from './subject.ts';

/** Telemetry and alerts of KubeArmor. */
export const kubearmor: Format = { name: 'kubearmor', family: 'runtime', recognises, normalise };

function recognises(record: JsonValue): boolean {
  return (
    isJsonObject(record) &&
    typeof record['Operation'] === 'string' &&
    typeof record['Resource'] === 'string' &&
    typeof record['Type'] === 'string' &&
    typeof record['HostName'] === 'string' &&
    record['Result'] !== undefined
  );
}

function normalise(record: JsonObject, context: RecordContext): FormatResult {
  const subject = subjectOf(record);
  const policy = text(record['PolicyName']);
  const mark = policy === undefined ? undefined : policyMark(record, policy);
  const time_ns = parseTime(record['UpdatedTime']) ?? parseTime(record['Timestamp']);
  const remote = remoteOf(record);
  const draft: Draft = {
    time_ns,
    dataset: 'kubearmor.events',
    dedupe_key: time_ns === undefined ? undefined : dedupeKey(record, time_ns),
    document: documentOf(record, subject, mark, remote),
    actors: actorsOf(record, subject),
    targets: targetsOf(remote),
    marks: mark === undefined ? undefined : [mark],
    facts: subjectFacts(subject, time_ns ?? context.arrival_ns),
  };
  return { kind: 'ok', drafts: [draft] };
}

function subjectOf(record: JsonObject): Subject {
  const namespace = text(record['NamespaceName']);
  const owner = object(record['Owner']);
  const kind = text(owner?.['Ref']);
  const name = text(owner?.['Name']);
  const hasWorkload = namespace !== undefined && kind !== undefined && name !== undefined && kind !== 'Pod';
  return {
    container: parseContainerId(text(record['ContainerID'])),
    container_name: text(record['ContainerName']),
    image: parseImageReference(text(record['ContainerImage'])),
    privileged: undefined,
    namespace,
    pod_name: text(record['PodName']),
    pod_uid: undefined,
    workload: hasWorkload ? { namespace, kind, name } : undefined,
    node: text(record['HostName']),
    cluster: text(record['ClusterName']),
  };
}

function isBlocked(record: JsonObject): boolean {
  return record['Action'] === 'Block';
}

const levels: readonly Level[] = ['low', 'medium', 'high'];

/** Severity is 1 to 10, by the policy's author. A policy that only audits saw something that was let through, and often is normal. */
function policyMark(record: JsonObject, policy: string): Mark {
  const severity = integer(record['Severity']) ?? 1;
  const step = severity >= 7 ? 2 : severity >= 4 ? 1 : 0;
  const level = levels[isBlocked(record) ? step : Math.max(0, step - 1)] ?? 'low';
  const attack = attackOfTags(texts(record['ATags']) ?? text(record['Tags'])?.split(',') ?? []);
  return {
    rule: {
      id: `kubearmor/${ruleSlug(policy)}`,
      title: text(record['Message']) ?? policy,
      level,
      origin: 'tool',
    },
    tactics: attack.tactics,
    techniques: attack.techniques,
  };
}

function activityOf(operation: string, data: string): Activity {
  switch (operation) {
    case 'Process':
      return { category: ['process'], type: ['start'] };
    case 'File': {
      const isChange = data.includes('UNLINK') || data.includes('O_WRONLY') || data.includes('O_RDWR');
      return { category: ['file'], type: [isChange ? 'change' : 'access'] };
    }
    case 'Network':
      return { category: ['network'], type: ['connection'] };
    default:
      return { category: ['process'], type: ['info'] };
  }
}

function documentOf(
  record: JsonObject,
  subject: Subject,
  mark: Mark | undefined,
  remote: Remote | undefined,
): ToolDocument<'kubearmor'> {
  const operation = text(record['Operation']) ?? 'unknown';
  const policy = text(record['PolicyName']);
  const activity = activityOf(operation, text(record['Data']) ?? '');
  const uid = integer(record['UID']);
  return {
    message: sentence(record, subject),
    event: {
      kind: mark === undefined ? 'event' : 'alert',
      category: mark === undefined ? activity.category : [...activity.category, 'intrusion_detection'],
      type: mark === undefined ? activity.type : [...activity.type, 'info'],
      action: operation.toLowerCase(),
      outcome: record['Result'] === 'Passed' ? 'success' : 'failure',
      severity: mark === undefined ? undefined : severityOf(mark.rule.level),
      reason: text(record['Message']),
      module: 'kubearmor',
      provider: text(record['Type']),
    },
    observer: { product: 'kubearmor', vendor: 'KubeArmor', type: 'sensor', hostname: subject.node },
    rule: policy === undefined ? undefined : { name: policy, ruleset: 'kubearmor' },
    threat:
      mark === undefined
        ? undefined
        : threatOf({ tactics: mark.tactics ?? [], techniques: mark.techniques ?? [] }),
    ...subjectFields(subject),
    process: processOf(record, operation),
    user: uid === undefined ? undefined : { id: String(uid) },
    file: operation === 'File' ? fileAt(text(record['Resource'])) : undefined,
    destination: remote?.endpoint,
    network: remote === undefined ? undefined : { transport: remote.transport },
    kubearmor: {
      action: text(record['Action']),
      result: text(record['Result']),
      enforcer: text(record['Enforcer']),
      data: text(record['Data']),
      resource: text(record['Resource']),
      source: text(record['Source']),
      severity: text(record['Severity']),
      tags: texts(record['ATags']),
      labels: text(record['Labels']),
      host_ppid: integer(record['HostPPID']),
      pid: integer(record['PID']),
    },
  };
}

/** An execution names the new program in `Resource` and who started it in `Source`; else `Source` is the process itself. */
function processOf(record: JsonObject, operation: string): EcsProcess {
  const executable = text(record['ProcessName']);
  const parent = text(record['ParentProcessName']);
  return {
    pid: integer(record['HostPID']),
    name: baseName(executable),
    executable,
    command_line: text(operation === 'Process' ? record['Resource'] : record['Source']),
    parent: {
      pid: integer(record['HostPPID']),
      executable: parent,
      name: baseName(parent),
      command_line: operation === 'Process' ? text(record['Source']) : undefined,
    },
  };
}

interface Remote {
  readonly endpoint: EcsEndpoint;
  readonly transport: string | undefined;
}

/** `sa_family=AF_INET sin_port=53 sin_addr=10.0.0.10`, or `remoteip=… port=… protocol=TCP`. */
function remoteOf(record: JsonObject): Remote | undefined {
  if (record['Operation'] !== 'Network') return undefined;
  const pairs = new Map<string, string>();
  for (const word of (text(record['Resource']) ?? '').split(' ', 16)) {
    const equals = word.indexOf('=');
    if (equals > 0) pairs.set(word.slice(0, equals), word.slice(equals + 1));
  }
  const address = pairs.get('sin_addr') ?? pairs.get('sin6_addr') ?? pairs.get('remoteip');
  const endpoint = endpointOf(address ?? null, pairs.get('sin_port') ?? pairs.get('port') ?? null);
  if (endpoint === undefined) return undefined;
  return { endpoint, transport: transportOf(pairs.get('protocol') ?? null) };
}

function actorsOf(record: JsonObject, subject: Subject): Entity[] {
  const actors = subjectEntities(subject);
  const pid = integer(record['HostPID']);
  const where = subject.container?.id12 ?? subject.node;
  if (pid !== undefined && where !== undefined) actors.unshift(entity('process', `${where}/${pid}`));
  if (subject.container === undefined && subject.pod_name === undefined && subject.node !== undefined) {
    actors.push(entity('node', subject.node));
  }
  return actors;
}

function targetsOf(remote: Remote | undefined): Entity[] {
  const target = addressEntity(remote?.endpoint.ip);
  return target === undefined ? [] : [target];
}

function dedupeKey(record: JsonObject, time_ns: bigint): string {
  const parts = ['HostName', 'HostPID', 'Operation', 'Resource', 'Data', 'PolicyName', 'Result'];
  return `${time_ns}|${parts.map((name) => text(record[name]) ?? '').join('|')}`;
}

/** `/usr/bin/apt started by /bin/bash was blocked in pod shop/cart-0, policy deny-packages`. */
function sentence(record: JsonObject, subject: Subject): string {
  const operation = text(record['Operation']) ?? 'unknown';
  const resource = text(record['Resource']) ?? '?';
  const source = text(record['Source']) ?? text(record['ProcessName']) ?? 'A process';
  const what = operation === 'Process' ? `${source} started ${resource}` : `${source} used ${resource}`;
  const outcome = isBlocked(record) ? ', blocked' : '';
  const policy = text(record['PolicyName']);
  return `${what}${outcome}${subjectText(subject)}${policy === undefined ? '' : `, policy ${policy}`}`;
}
