import { addressEntity } from '#shared/event/address.ts';
import type { EcsEndpoint, ToolDocument } from '#shared/event/ecs.ts';
import { endpointOf, transportOf } from '#shared/event/endpoint.ts';
import type { Draft, Format, FormatResult } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { integer, text } from '#shared/event/read.ts';
import { timeField } from '#shared/event/time-field.ts';
import { parseTime } from '#shared/event/time.ts';
import { connectionOf, type Ends, endText, flowFields, present } from './flow.ts';

/** AWS VPC flow logs: lines in the default or a custom format with its header, or objects. */
export const vpcflow: Format = { name: 'vpcflow', family: 'network', recognises, normalise };

/** The default format (version 2). */
const defaultFields =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(
    ' ',
  );

function recognises(record: JsonValue): boolean {
  if (typeof record === 'string') return isText(record);
  if (!isJsonObject(record)) return false;
  const hasSource = record['srcaddr'] !== undefined || record['srcAddr'] !== undefined;
  const hasDestination = record['dstaddr'] !== undefined || record['dstAddr'] !== undefined;
  return hasSource && hasDestination && record['action'] !== undefined;
}

function isText(record: string): boolean {
  const lineEnd = record.indexOf('\n');
  const first = (lineEnd === -1 ? record : record.slice(0, lineEnd)).trim().split(' ');
  return isHeader(first) || isDefaultLine(first);
}

function isHeader(words: readonly string[]): boolean {
  return words.includes('srcaddr') && words.includes('dstaddr');
}

function isDefaultLine(words: readonly string[]): boolean {
  const [version = '', , eni = ''] = words;
  return words.length === defaultFields.length && /^[2-9]$/.test(version) && eni.startsWith('eni-');
}

function normalise(record: JsonObject | string): FormatResult {
  const flows = typeof record === 'string' ? readLines(record) : [readObject(record)];
  const drafts = flows.filter((flow) => flow.get('logstatus') !== 'NODATA').map(flowDraft);
  return drafts.length === 0 ? { kind: 'drop', reason: 'vpcflow.no_data' } : { kind: 'ok', drafts };
}

/** Fields by their names without case and separators: `srcaddr`, `interfaceid`. */
type Flow = ReadonlyMap<string, string>;

function canonical(name: string): string {
  return name.toLowerCase().replaceAll('-', '').replaceAll('_', '');
}

function readLines(record: string): readonly Flow[] {
  const flows: Flow[] = [];
  let names = defaultFields.map(canonical);
  for (const line of record.split('\n')) {
    const words = line.trim().split(' ');
    if (isHeader(words)) names = words.map(canonical);
    else if (words.length === names.length) flows.push(flowOf(names, words));
  }
  return flows;
}

function flowOf(names: readonly string[], words: readonly string[]): Flow {
  const flow = new Map<string, string>();
  names.forEach((name, index) => {
    const value = text(words[index]);
    if (value !== undefined) flow.set(name, value);
  });
  return flow;
}

function readObject(record: JsonObject): Flow {
  const flow = new Map<string, string>();
  for (const key in record) {
    const value = text(record[key]);
    if (value !== undefined) flow.set(canonical(key), value);
  }
  return flow;
}

function flowDraft(flow: Flow): Draft {
  const ends = endsOf(flow);
  const start = flow.get('start');
  return {
    time_ns: parseTime(start) ?? parseTime(flow.get('end')),
    dataset: 'vpcflow.flows',
    dedupe_key: start === undefined ? undefined : [...flow.values()].join(' '),
    document: documentOf(flow, ends),
    actors: present(addressEntity(ends.source?.ip), connectionOf(ends)),
    targets: present(addressEntity(ends.destination?.ip)),
  };
}

/** Ports below this answer; above, clients get theirs. */
const client_port_min = 1024;

/**
 * A flow is one direction of a connection. Behind address translation `pkt-srcaddr` and `pkt-dstaddr` are the ends, a
 * pod's address among them. A flow from a well-known port is the answer: its receiver opened the connection.
 */
function endsOf(flow: Flow): Ends {
  const sender = endOf(flow, 'src');
  const receiver = endOf(flow, 'dst');
  const isAnswer =
    (sender?.port ?? client_port_min) < client_port_min && (receiver?.port ?? 0) >= client_port_min;
  const sent = { bytes: numberOf(flow, 'bytes'), packets: numberOf(flow, 'packets') };
  const measured = sender === undefined ? undefined : { ...sender, ...sent };
  return {
    source: isAnswer ? receiver : measured,
    destination: isAnswer ? measured : receiver,
    transport: transportOf(flow.get('protocol')),
  };
}

function endOf(flow: Flow, side: 'src' | 'dst'): EcsEndpoint | undefined {
  const interfaceAddress = flow.get(`${side}addr`);
  const packetAddress = flow.get(`pkt${side}addr`);
  const end = endpointOf(packetAddress ?? interfaceAddress, flow.get(`${side}port`));
  const isTranslated =
    packetAddress !== undefined && interfaceAddress !== undefined && packetAddress !== interfaceAddress;
  return end === undefined || !isTranslated ? end : { ...end, nat: { ip: endpointOf(interfaceAddress)?.ip } };
}

function numberOf(flow: Flow, name: string): number | undefined {
  return integer(flow.get(name));
}

function documentOf(flow: Flow, ends: Ends): ToolDocument<'vpcflow'> {
  const action = flow.get('action');
  const isRejected = action === 'REJECT';
  const isSkipped = flow.get('logstatus') === 'SKIPDATA';
  const eni = flow.get('interfaceid');
  return {
    message: isSkipped
      ? `VPC flow logs of ${eni ?? 'an interface'} were skipped`
      : `${endText(ends.source)} to ${endText(ends.destination)} (${ends.transport ?? 'ip'}) ${isRejected ? 'rejected' : 'accepted'}`,
    event: {
      kind: 'event',
      category: ['network'],
      type: isSkipped ? ['info'] : ['connection', isRejected ? 'denied' : 'allowed'],
      action: isSkipped ? 'skip-data' : action?.toLowerCase(),
      outcome: isRejected ? 'failure' : 'success',
      severity: isSkipped ? 47 : undefined,
      start: timeField(flow.get('start')),
      end: timeField(flow.get('end')),
      module: 'vpcflow',
    },
    observer: { product: 'vpcflow', vendor: 'Amazon', type: 'firewall' },
    cloud: {
      provider: 'aws',
      region: flow.get('region'),
      account: flow.get('accountid') === undefined ? undefined : { id: flow.get('accountid') },
      instance: flow.get('instanceid') === undefined ? undefined : { id: flow.get('instanceid') },
    },
    ...flowFields(ends, { iana_number: flow.get('protocol') }),
    vpcflow: Object.fromEntries(flow),
  };
}
