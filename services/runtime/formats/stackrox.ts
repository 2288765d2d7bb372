import type { Level } from '#shared/avro/types.generated.ts';
import { type AttackReference, attackOfTags, threatOf } from '#shared/event/attack.ts';
import { parseContainerId } from '#shared/event/container.ts';
import type { EcsProcess, ToolDocument } from '#shared/event/ecs.ts';
import type { Entity } from '#shared/event/entity.ts';
import type { Draft, Format, FormatResult, Mark, RecordContext } from '#shared/event/format.ts';
import { imageEntities, normaliseDigest, parseImageReference } from '#shared/event/image.ts';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { type Workload, workloadEntity } from '#shared/event/kubernetes.ts';
import { integer, object, objects, text, texts } from '#shared/event/read.ts';
import { severityOf } from '#shared/event/severity.ts';
import { parseTime } from '#shared/event/time.ts';
import { ruleSlug } from './rule-slug.ts';
import { type Subject, subjectEntities, subjectFacts, subjectFields } from './subject.ts';

/** Alerts of StackRox (Red Hat Advanced Cluster Security), bare or as its notifiers wrap them. */
export const stackrox: Format = { name: 'stackrox', family: 'runtime', recognises, normalise };

function recognises(record: JsonValue): boolean {
  return isJsonObject(record) && alertOf(record) !== undefined;
}

/** The generic webhook says `alert`, the Sentinel notifier `msg`. */
function alertOf(record: JsonObject): JsonObject | undefined {
  const alert = object(record['alert']) ?? object(record['msg']) ?? record;
  const policy = alert['policy'];
  const isPolicy =
    isJsonObject(policy) && typeof policy['name'] === 'string' && policy['severity'] !== undefined;
  const hasViolation = isList(alert['violations']) || isJsonObject(alert['processViolation']);
  return isPolicy && hasViolation ? alert : undefined;
}

/** One alert, read. */
interface Alert {
  readonly raw: JsonObject;
  readonly policy: JsonObject;
  readonly policy_name: string;
  /** It was seen running; otherwise it describes how something is deployed. */
  readonly at_runtime: boolean;
  readonly subject: Subject;
  readonly workload: Workload | undefined;
  readonly process: JsonObject | undefined;
  readonly time_ns: bigint | undefined;
}

function normalise(record: JsonObject, context: RecordContext): FormatResult {
  const raw = alertOf(record);
  if (raw === undefined) return { kind: 'reject', reason: 'stackrox.no_alert' };
  const alert = readAlert(raw, record);
  const mark = markOf(alert);
  const subjects = subjectEntities(alert.subject);
  const posture = [
    ...(alert.workload === undefined ? [] : [workloadEntity(alert.workload)]),
    ...imagesOf(raw),
  ];
  const draft: Draft = {
    time_ns: alert.time_ns,
    dataset: 'stackrox.alerts',
    dedupe_key: `${text(raw['id'])}|${alert.time_ns}|${text(raw['state']) ?? ''}`,
    document: documentOf(alert, mark),
    actors: alert.at_runtime ? (subjects.length > 0 ? subjects : posture.slice(0, 1)) : [],
    targets: alert.at_runtime ? [] : [...subjects, ...posture],
    marks: [mark],
    facts: subjectFacts(alert.subject, alert.time_ns ?? context.arrival_ns),
  };
  return { kind: 'ok', drafts: [draft] };
}

function readAlert(raw: JsonObject, record: JsonObject): Alert {
  const policy = object(raw['policy']) ?? {};
  const deployment = object(raw['deployment']);
  const [process] = objects(object(raw['processViolation'])?.['processes']);
  const namespace = text(deployment?.['namespace']) ?? text(raw['namespace']);
  const kind = text(deployment?.['type']);
  const name = text(deployment?.['name']);
  const isPod = kind === 'Pod';
  const workload =
    namespace === undefined || kind === undefined || name === undefined || isPod
      ? undefined
      : { namespace, kind, name };
  return {
    raw,
    policy,
    policy_name: text(policy['name']) ?? 'policy',
    at_runtime: isRuntime(raw, process),
    subject: subjectOf(raw, deployment, process, namespace, isPod ? name : undefined, workload),
    workload,
    process: object(process?.['signal']),
    time_ns: parseTime(raw['time']) ?? parseTime(record['TimeGenerated']),
  };
}

function isRuntime(raw: JsonObject, process: JsonObject | undefined): boolean {
  const stage = text(raw['lifecycleStage']);
  return stage === undefined ? process !== undefined : stage === 'RUNTIME';
}

function subjectOf(
  raw: JsonObject,
  deployment: JsonObject | undefined,
  process: JsonObject | undefined,
  namespace: string | undefined,
  pod: string | undefined,
  workload: Workload | undefined,
): Subject {
  const [container] = objects(deployment?.['containers']);
  const image = object(container?.['image']);
  const named = parseImageReference(text(object(image?.['name'])?.['fullName']));
  const digest = normaliseDigest(text(image?.['id']));
  return {
    container: parseContainerId(text(object(process?.['signal'])?.['containerId'])),
    container_name: text(process?.['containerName']) ?? text(container?.['name']),
    image: named === undefined ? undefined : { ...named, digest: named.digest ?? digest },
    privileged: undefined,
    namespace,
    pod_name: text(process?.['podId']) ?? pod,
    pod_uid: text(process?.['podUid']),
    workload,
    node: undefined,
    cluster: text(deployment?.['clusterName']) ?? text(raw['clusterName']),
  };
}

function imagesOf(raw: JsonObject): Entity[] {
  const found: Entity[] = [];
  for (const container of objects(object(raw['deployment'])?.['containers'])) {
    const image = object(container['image']);
    const digest = normaliseDigest(text(image?.['id']));
    const reference = parseImageReference(text(object(image?.['name'])?.['fullName']));
    found.push(...imageEntities(reference, { repository: digest === undefined ? [] : [digest] }));
  }
  return found;
}

const levels: ReadonlyMap<string, Level> = new Map([
  ['CRITICAL_SEVERITY', 'critical'],
  ['HIGH_SEVERITY', 'high'],
  ['MEDIUM_SEVERITY', 'medium'],
]);

/** A violation at build or deployment says how something is, not that something happened: context. */
function markOf(alert: Alert): Mark {
  const attack = attackOf(alert.policy);
  return {
    rule: {
      id: `stackrox/${ruleSlug(alert.policy_name)}`,
      title: alert.policy_name,
      level: levels.get(text(alert.policy['severity']) ?? '') ?? 'low',
      origin: 'tool',
    },
    class: alert.at_runtime ? undefined : 'context',
    tactics: attack.tactics,
    techniques: attack.techniques,
  };
}

function attackOf(policy: JsonObject): AttackReference {
  const tags = objects(policy['mitreAttackVectors']).flatMap((vector) => [
    ...(texts(vector['tactic']) ?? []),
    ...(texts(vector['techniques']) ?? []),
  ]);
  return attackOfTags(tags);
}

function documentOf(alert: Alert, mark: Mark): ToolDocument<'stackrox'> {
  const { raw, policy, policy_name, at_runtime, subject } = alert;
  const violations = objects(raw['violations']).flatMap((violation) => text(violation['message']) ?? []);
  const enforcement = text(object(raw['enforcement'])?.['action']);
  const where = alert.workload === undefined ? '' : ` in ${alert.workload.namespace}/${alert.workload.name}`;
  return {
    message: `${policy_name}: ${violations[0] ?? text(object(raw['processViolation'])?.['message']) ?? 'violated'}${where}`,
    event: {
      kind: 'alert',
      category: at_runtime ? ['process', 'intrusion_detection'] : ['configuration'],
      type: ['info'],
      action: enforcement?.toLowerCase() ?? 'violation',
      severity: severityOf(mark.rule.level),
      reason: text(policy['rationale']),
      module: 'stackrox',
    },
    observer: { product: 'stackrox', vendor: 'Red Hat', type: 'sensor' },
    rule: {
      id: text(policy['id']),
      name: policy_name,
      description: text(policy['description']),
      category: texts(policy['categories'])?.[0],
      version: text(policy['policyVersion']),
      ruleset: 'stackrox',
    },
    threat: threatOf({ tactics: mark.tactics ?? [], techniques: mark.techniques ?? [] }),
    ...subjectFields(subject),
    process: alert.process === undefined ? undefined : processOf(alert.process),
    stackrox: {
      id: text(raw['id']),
      state: text(raw['state']),
      lifecycle_stage: text(raw['lifecycleStage']),
      lifecycle_stages: texts(policy['lifecycleStages']),
      severity: text(policy['severity']),
      categories: texts(policy['categories']),
      remediation: text(policy['remediation']),
      violations,
      enforcement: raw['enforcement'],
      cluster_id: text(raw['clusterId']),
      first_occurred: raw['firstOccurred'],
    },
  };
}

function processOf(signal: JsonObject): EcsProcess {
  const executable = text(signal['execFilePath']);
  const args = text(signal['args']);
  const uid = integer(signal['uid']);
  return {
    pid: integer(signal['pid']),
    name: text(signal['name']),
    executable,
    command_line: executable === undefined || args === undefined ? executable : `${executable} ${args}`,
    user: uid === undefined ? undefined : { id: String(uid) },
  };
}
