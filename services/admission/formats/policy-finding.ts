import type { EcsDocument } from '#shared/event/ecs.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import type { Draft, Mark } from '#shared/event/format.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { ownerWorkload, podNameEntity, workloadEntity } from '#shared/event/kubernetes.ts';
import { object, text } from '#shared/event/read.ts';
import { isWorkloadKind } from './resource-kind.ts';

/** A Kubernetes object that a policy was checked against. */
export interface PolicySubject {
  readonly kind: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly uid: string | undefined;
  readonly api_version: string | undefined;
}

/** One policy that one object does not meet (or that could not be checked). */
export interface PolicyFinding {
  /** `kyverno`, `gatekeeper`, … */
  readonly engine: string;
  readonly policy: string;
  readonly rule: string | undefined;
  readonly result: string;
  readonly severity: string | undefined;
  readonly category: string | undefined;
  readonly message: string | undefined;
  readonly subject: PolicySubject;
  readonly time_ns: bigint | undefined;
  readonly dedupe_key: string | undefined;
  /** What the tool said beyond that. */
  readonly tool: JsonObject;
}

export function readSubject(resource: JsonObject | undefined): PolicySubject {
  return {
    kind: text(resource?.['kind']),
    namespace: text(resource?.['namespace']),
    name: text(resource?.['name']),
    uid: text(resource?.['uid']),
    api_version: text(resource?.['apiVersion']),
  };
}

/** The entities of an object that a policy speaks of. */
export function subjectEntities({ kind, namespace, name, uid }: PolicySubject): readonly Entity[] {
  if (kind === 'Pod') {
    const pod = uid === undefined ? [] : [entity('pod', uid)];
    return namespace === undefined || name === undefined ? pod : [...pod, podNameEntity(namespace, name)];
  }
  if (kind === 'Node' && name !== undefined) return [entity('node', name)];
  if (namespace === undefined || name === undefined || kind === undefined) return [];
  if (kind === 'ServiceAccount') return [entity('serviceaccount', `${namespace}/${name}`)];
  return isWorkloadKind(kind) ? [workloadEntity(ownerWorkload({ namespace, kind, name }))] : [];
}

const levels: Readonly<Record<string, 'informational' | 'low' | 'medium'>> = {
  critical: 'medium',
  high: 'medium',
  medium: 'low',
  low: 'informational',
  info: 'informational',
};

/** A failing background policy: posture of the object, never an attack by itself. */
export function findingDraft(finding: PolicyFinding, dataset: string, product: string): Draft {
  const { engine, policy, rule, message, subject } = finding;
  const level = levels[finding.severity?.toLowerCase() ?? ''] ?? 'informational';
  const id = `policy/${engine}/${policy}${rule === undefined || rule === '' ? '' : `/${rule}`}`;
  const name = [subject.namespace, subject.name].filter((part) => part !== undefined).join('/');
  const summary = `${subject.kind ?? 'object'} ${name} ${words[finding.result] ?? finding.result} policy ${policy}`;
  const mark: Mark = {
    rule: { id, title: `Policy ${policy}`, level, origin: 'posture' },
    class: 'context',
    summary,
  };
  return {
    time_ns: finding.time_ns,
    dataset,
    dedupe_key: finding.dedupe_key,
    document: {
      ...findingDocument(finding, product),
      message: message === undefined ? summary : `${summary}: ${message}`,
    },
    actors: [],
    targets: subjectEntities(subject),
    marks: [mark],
  };
}

const words: Readonly<Record<string, string>> = {
  pass: 'passes',
  skip: 'is no longer subject to',
  gone: 'is no longer checked by',
  fail: 'fails',
  warn: 'is warned by',
  error: 'could not be checked by',
};

function findingDocument(finding: PolicyFinding, product: string): EcsDocument {
  const { engine, policy, rule, category, message, subject, tool, result } = finding;
  return {
    event: {
      kind: 'state',
      category: ['configuration'],
      type: ['info'],
      action: `policy-${result}`,
      outcome: result === 'error' ? 'unknown' : 'failure',
      module: engine,
      reason: message,
    },
    observer: { product, type: 'policy' },
    rule: { name: policy, id: rule, ruleset: engine, category },
    orchestrator: {
      type: 'kubernetes',
      api_version: subject.api_version,
      namespace: subject.namespace,
      resource: { type: subject.kind?.toLowerCase(), name: subject.name, id: subject.uid },
    },
    kubernetes: {
      namespace: subject.namespace,
      pod: subject.kind === 'Pod' ? { name: subject.name, uid: subject.uid } : undefined,
    },
    breakwater: { finding: object(tool) },
  };
}
