import type { EcsDocument, ToolDocument } from '#shared/event/ecs.ts';
import type { Mark } from '#shared/event/format.ts';
import { isJsonObject, type JsonValue } from '#shared/event/json.ts';
import { integer } from '#shared/event/read.ts';
import { networkFields } from './flow.ts';
import type { HubbleFlow } from './hubble-flow.ts';
import { type Peer, peerText, podReference } from './hubble-peer.ts';
import { deniedBy } from './hubble-policy.ts';

/** The ECS document of a flow; one that a policy marked is an alert. */
export function documentOf(flow: HubbleFlow, mark: Mark | undefined): ToolDocument<'hubble'> {
  const { source, destination, raw } = flow;
  const policy = deniedBy(raw);
  const subject = source.pod_name === undefined ? destination : source;
  const requested = flow.layer7?.fields;
  const action = flow.verdict.toLowerCase();
  return {
    message: sentence(flow, action),
    event: {
      kind: mark === undefined ? 'event' : 'alert',
      category: ['network'],
      type: typesOf(flow),
      action,
      outcome: flow.verdict === 'DROPPED' || flow.verdict === 'ERROR' ? 'failure' : 'success',
      severity: mark === undefined ? undefined : 21,
      reason: flow.reason,
      duration: integer(flow.l7?.['latency_ns']),
      module: 'hubble',
    },
    observer: { product: 'hubble', vendor: 'Cilium', type: 'sensor', hostname: flow.node },
    rule: policy === undefined ? undefined : { name: policy, ruleset: 'cilium' },
    host: flow.node === undefined ? undefined : { name: flow.node },
    orchestrator: orchestratorOf(flow, subject),
    kubernetes: {
      namespace: subject.namespace,
      pod: subject.pod_name === undefined ? undefined : { name: subject.pod_name },
      node: flow.node === undefined ? undefined : { name: flow.node },
    },
    source: flow.ends.source,
    destination: flow.ends.destination,
    network: networkOf(flow),
    dns: requested?.dns,
    http: requested?.http,
    url: requested?.url,
    user_agent: requested?.user_agent,
    client: requested?.client,
    breakwater: {
      source_pod: podReference(source),
      destination_pod: podReference(destination),
    },
    hubble: toolFields(flow),
  };
}

function networkOf(flow: HubbleFlow): EcsDocument['network'] {
  const network = networkFields(flow.ends);
  if (flow.layer7 !== undefined) network.protocol = flow.layer7.protocol;
  if (flow.icmp_id !== undefined) network.community_id = flow.icmp_id;
  return network;
}

function orchestratorOf(flow: HubbleFlow, subject: Peer): EcsDocument['orchestrator'] {
  if (subject.pod_name === undefined && flow.cluster === undefined) return undefined;
  return {
    type: 'kubernetes',
    namespace: subject.namespace,
    cluster: flow.cluster === undefined ? undefined : { name: flow.cluster },
    resource: subject.pod_name === undefined ? undefined : { type: 'pod', name: subject.pod_name },
  };
}

const allowedConnection = ['connection', 'allowed'];
const deniedConnection = ['connection', 'denied'];
const startedConnection = ['connection', 'start', 'allowed'];
const endedConnection = ['connection', 'end', 'allowed'];
const allowedProtocol = ['protocol', 'allowed'];
const deniedProtocol = ['protocol', 'denied'];

function typesOf(flow: HubbleFlow): readonly string[] {
  const isDenied = flow.verdict === 'DROPPED';
  if (flow.layer7 !== undefined) return isDenied ? deniedProtocol : allowedProtocol;
  if (isDenied) return deniedConnection;
  const flags = flow.tcp_flags;
  if (flags?.['SYN'] === true && flags['ACK'] !== true) return startedConnection;
  return flags?.['FIN'] === true || flags?.['RST'] === true ? endedConnection : allowedConnection;
}

/** What Hubble said beyond ECS, source and destination as of the connection. */
function toolFields(flow: HubbleFlow): ToolDocument<'hubble'>['hubble'] {
  const { raw, ip, is_reply } = flow;
  const from = identityOf(raw['source']);
  const to = identityOf(raw['destination']);
  return {
    verdict: flow.verdict,
    type: raw['Type'],
    is_reply,
    drop_reason_desc: raw['drop_reason_desc'],
    event_type: raw['event_type'],
    traffic_direction: raw['traffic_direction'],
    trace_observation_point: raw['trace_observation_point'],
    policy_match_type: raw['policy_match_type'],
    ingress_allowed_by: raw['ingress_allowed_by'],
    egress_allowed_by: raw['egress_allowed_by'],
    ingress_denied_by: raw['ingress_denied_by'],
    egress_denied_by: raw['egress_denied_by'],
    policy_log: raw['policy_log'],
    tcp_flags: flow.tcp_flags,
    source: is_reply ? to : from,
    destination: is_reply ? from : to,
    source_service: raw['source_service'],
    destination_service: raw['destination_service'],
    source_xlated: ip?.['source_xlated'],
    encrypted: ip?.['encrypted'],
    socket_cookie: raw['socket_cookie'],
    cgroup_id: raw['cgroup_id'],
    trace_context: raw['trace_context'],
    kafka: flow.l7?.['kafka'],
  };
}

function identityOf(side: JsonValue | undefined): object | undefined {
  if (!isJsonObject(side)) return undefined;
  const { identity, labels } = side;
  return identity === undefined && labels === undefined ? undefined : { identity, labels };
}

/** `shop/cart-0 to 198.51.100.64:443 (tcp) forwarded`; requests show what was asked. */
function sentence(flow: HubbleFlow, action: string): string {
  const { source, destination, ends, reason } = flow;
  const port = ends.destination?.port === undefined ? '' : `:${ends.destination.port}`;
  const what = flow.layer7?.label ?? ends.transport ?? 'traffic';
  const kind = flow.is_reply ? `${what}, reply` : what;
  const outcome = reason === undefined ? action : `${action} (${reason})`;
  return `${peerText(source)} to ${peerText(destination)}${port} (${kind}) ${outcome}`;
}
