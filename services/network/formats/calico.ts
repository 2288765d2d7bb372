import { addressEntity } from '#shared/event/address.ts';
import type { EcsDocument, EcsEndpoint, ToolDocument } from '#shared/event/ecs.ts';
import { endpointOf, transportOf } from '#shared/event/endpoint.ts';
import type { Entity } from '#shared/event/entity.ts';
import type { Draft, Format, FormatResult, Mark } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { podNameEntity } from '#shared/event/kubernetes.ts';
import { integer, object, objects, text, texts } from '#shared/event/read.ts';
import { timeField } from '#shared/event/time-field.ts';
import { parseTime } from '#shared/event/time.ts';
import { connectionOf, type Ends, flowFields, present } from './flow.ts';

/** Flow logs of Calico: Enterprise and Cloud with addresses, and what open-source Goldmane emits, aggregated without. */
export const calico: Format = { name: 'calico', family: 'network', recognises, normalise };

function recognises(record: JsonValue): boolean {
  if (!isJsonObject(record)) return false;
  const key = record['Key'] ?? record['key'];
  if (isJsonObject(key)) {
    return (
      key['proto'] !== undefined &&
      (key['source_namespace'] !== undefined || key['dest_namespace'] !== undefined)
    );
  }
  return (
    typeof record['action'] === 'string' &&
    record['reporter'] !== undefined &&
    record['source_name_aggr'] !== undefined &&
    record['dest_name_aggr'] !== undefined
  );
}

/** One flow in either shape. */
interface Flow {
  readonly record: JsonObject;
  /** The identifying fields: `Key` of Goldmane, else the record. */
  readonly key: JsonObject;
  readonly action: string;
  readonly reporter: string | undefined;
  readonly source: Side;
  readonly destination: Side;
  readonly ends: Ends;
  readonly policies: readonly string[];
}

interface Side {
  readonly namespace: string | undefined;
  /** Of one pod; undefined when the flow sums up several (`cart-*`). */
  readonly pod_name: string | undefined;
  /** As written, aggregates too. */
  readonly name: string | undefined;
}

function normalise(record: JsonObject): FormatResult {
  const flow = readFlow(record);
  const mark = flow.action === 'deny' ? deniedMark : undefined;
  const start_ns = parseTime(record['start_time']);
  const draft: Draft = {
    time_ns: start_ns,
    dataset: 'calico.flows',
    dedupe_key: dedupeKey(flow),
    document: documentOf(flow, mark),
    actors: present(sideEntity(flow.source, flow.ends.source), connectionOf(flow.ends)),
    targets: present(sideEntity(flow.destination, flow.ends.destination)),
    marks: mark === undefined ? undefined : [mark],
  };
  return { kind: 'ok', drafts: [draft] };
}

const deniedMark: Mark = {
  rule: { id: 'calico/policy-denied', title: 'Network policy denied a flow', level: 'low', origin: 'tool' },
};

/** Goldmane's enumerations are numbers when its Go types are written as they are. */
const actions = ['unspecified', 'allow', 'deny', 'pass'];
const reporters = ['unspecified', 'src', 'dst'];

function named(value: JsonValue | undefined, names: readonly string[]): string | undefined {
  const index = typeof value === 'number' ? value : undefined;
  return index === undefined ? text(value)?.toLowerCase() : names[index];
}

function readFlow(record: JsonObject): Flow {
  const key = object(record['Key']) ?? object(record['key']) ?? record;
  const source = sideOf(key, 'source');
  const destination = sideOf(key, 'dest');
  return {
    record,
    key,
    action: named(key['action'], actions) ?? 'unspecified',
    reporter: named(key['reporter'], reporters),
    source,
    destination,
    ends: {
      source: counted(
        endpointOf(key['source_ip'], key['source_port']),
        record['bytes_out'],
        record['packets_out'],
      ),
      destination: counted(
        endpointOf(key['dest_ip'], key['dest_port']),
        record['bytes_in'],
        record['packets_in'],
      ),
      transport: transportOf(key['proto']),
    },
    policies: policiesOf(object(key['policies'])),
  };
}

function sideOf(key: JsonObject, prefix: string): Side {
  const type = text(key[`${prefix}_type`]);
  const written = text(key[`${prefix}_name`]);
  const name = written ?? text(key[`${prefix}_name_aggr`]);
  const isPod = type === undefined || type === 'wep' || type === '1' || type === 'WorkloadEndpoint';
  const isOne = written !== undefined && !written.endsWith('*');
  const namespace = text(key[`${prefix}_namespace`]);
  return { namespace, pod_name: isPod && isOne && namespace !== undefined ? written : undefined, name };
}

function counted(
  end: EcsEndpoint | undefined,
  bytes: JsonValue | undefined,
  packets: JsonValue | undefined,
): EcsEndpoint | undefined {
  return end === undefined ? undefined : { ...end, bytes: integer(bytes), packets: integer(packets) };
}

/** Names of the policies that were enforced: of `0|tier|namespace/policy|allow|0`, or of Goldmane's objects. */
function policiesOf(policies: JsonObject | undefined): readonly string[] {
  const enforced =
    policies?.['enforced_policies'] ?? policies?.['all_policies'] ?? policies?.['transit_policies'];
  const hits = objects(enforced).flatMap((hit) => {
    const name = text(hit['name']);
    const namespace = text(hit['namespace']);
    return name === undefined ? [] : [namespace === undefined ? name : `${namespace}/${name}`];
  });
  const lines = (texts(enforced) ?? []).flatMap((line) => line.split('|')[2] ?? []);
  return [...hits, ...lines];
}

function sideEntity(side: Side, end: EcsEndpoint | undefined): Entity | undefined {
  if (side.namespace !== undefined && side.pod_name !== undefined) {
    return podNameEntity(side.namespace, side.pod_name);
  }
  return addressEntity(end?.ip);
}

function documentOf(flow: Flow, mark: Mark | undefined): ToolDocument<'calico'> {
  const { record, key, source, destination, action } = flow;
  const isDenied = action === 'deny';
  const host = text(record['host']);
  const [policy] = flow.policies;
  const subject = source.pod_name === undefined ? destination : source;
  return {
    message: `${sideText(source, flow.ends.source)} to ${sideText(destination, flow.ends.destination)}:${text(key['dest_port']) ?? '?'} (${flow.ends.transport ?? 'ip'}) ${action}`,
    event: {
      kind: mark === undefined ? 'event' : 'alert',
      category: ['network'],
      type: ['connection', isDenied ? 'denied' : 'allowed'],
      action,
      outcome: isDenied ? 'failure' : 'success',
      severity: mark === undefined ? undefined : 21,
      start: timeField(record['start_time']),
      end: timeField(record['end_time']),
      module: 'calico',
    },
    observer: { product: 'calico', vendor: 'Tigera', type: 'sensor', hostname: host },
    host: host === undefined ? undefined : { name: host },
    rule: policy === undefined ? undefined : { name: policy, ruleset: 'calico' },
    ...flowFields(flow.ends),
    orchestrator: {
      type: 'kubernetes',
      namespace: subject.namespace,
      resource: subject.pod_name === undefined ? undefined : { type: 'pod', name: subject.pod_name },
    },
    kubernetes: {
      namespace: subject.namespace,
      pod: subject.pod_name === undefined ? undefined : { name: subject.pod_name },
    },
    breakwater: { source_pod: podOf(source), destination_pod: podOf(destination) },
    calico: {
      reporter: flow.reporter,
      source_name: source.name,
      destination_name: destination.name,
      destination_service: text(key['dest_service_name']),
      destination_service_namespace: text(key['dest_service_namespace']),
      policies: flow.policies,
      source_labels: record['source_labels'],
      destination_labels: record['dest_labels'],
      process_name: text(record['process_name']),
      flows: integer(record['num_flows']) ?? integer(record['num_connections_started']),
    },
  };
}

function podOf(side: Side): NonNullable<EcsDocument['breakwater']>['source_pod'] {
  return side.namespace === undefined ? undefined : { namespace: side.namespace, name: side.pod_name };
}

function sideText(side: Side, end: EcsEndpoint | undefined): string {
  if (side.namespace !== undefined) return `${side.namespace}/${side.name ?? '*'}`;
  return end?.ip ?? side.name ?? '?';
}

/** Both ends report a flow, once for each window. */
function dedupeKey(flow: Flow): string | undefined {
  const { record, key, source, destination, ends } = flow;
  const start = text(record['start_time']);
  if (start === undefined) return undefined;
  return [
    start,
    text(record['end_time']),
    flow.reporter,
    flow.action,
    `${source.namespace}/${source.name}/${ends.source?.ip}/${ends.source?.port}`,
    `${destination.namespace}/${destination.name}/${ends.destination?.ip}/${text(key['dest_port'])}`,
    text(key['proto']),
    text(record['host']),
    flow.policies.join(','),
  ].join('|');
}
