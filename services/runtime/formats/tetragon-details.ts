import type { EcsEndpoint, EcsFile } from '#shared/event/ecs.ts';
import { endpointOf, transportOf } from '#shared/event/endpoint.ts';
import { fileAt } from '#shared/event/file-path.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { text } from '#shared/event/read.ts';
import type { Activity } from './activity.ts';
import { kernelActivity } from './tetragon-activity.ts';
import { kernelArguments } from './tetragon-arguments.ts';

/** Events about a process. Those without `_kprobe` and the like in their name were written until 2022. */
export type ProcessKind =
  | 'process_exec'
  | 'process_exit'
  | 'process_kprobe'
  | 'process_lsm'
  | 'process_tracepoint'
  | 'process_uprobe'
  | 'process_usdt'
  | 'process_loader'
  | 'process_connect'
  | 'process_accept'
  | 'process_listen'
  | 'process_close'
  | 'process_dns';

/** What an event says beside its process. */
export interface Details {
  readonly activity: Activity;
  readonly action: string;
  readonly file?: EcsFile | undefined;
  readonly source?: EcsEndpoint | undefined;
  readonly destination?: EcsEndpoint | undefined;
  readonly transport?: string | undefined;
  /** What a sentence shows after the process. */
  readonly label?: string | undefined;
  /** The process accepted the connection. */
  readonly is_inbound?: boolean | undefined;
}

const started: Activity = { category: ['process'], type: ['start'] };
const ended: Activity = { category: ['process'], type: ['end'] };
const observed: Activity = { category: ['process'], type: ['info'] };
const loaded: Activity = { category: ['library'], type: ['start'] };
const connected: Activity = { category: ['network'], type: ['connection', 'start'] };
const closed: Activity = { category: ['network'], type: ['connection', 'end'] };
const resolved: Activity = { category: ['network'], type: ['protocol', 'info'] };

/** What kind of deed an event is, and what it was done to. */
export function detailsOf(kind: ProcessKind, event: JsonObject): Details {
  switch (kind) {
    case 'process_exec':
      return { activity: started, action: 'exec' };
    case 'process_exit':
      return { activity: ended, action: 'exit' };
    case 'process_kprobe':
    case 'process_lsm':
      return kernelDetails(event);
    case 'process_tracepoint':
      return tracepointDetails(event);
    case 'process_uprobe':
    case 'process_usdt':
      return probeDetails(event);
    case 'process_loader':
      return {
        activity: loaded,
        action: 'load',
        file: fileAt(text(event['path'])),
        label: text(event['path']),
      };
    case 'process_connect':
      return { activity: connected, action: 'connect', ...namedEnds(event) };
    case 'process_accept':
      return { activity: connected, action: 'accept', is_inbound: true, ...namedEnds(event) };
    case 'process_close':
      return { activity: closed, action: 'close', ...namedEnds(event) };
    case 'process_listen':
      return listenDetails(event);
    case 'process_dns':
      return { activity: resolved, action: 'dns' };
  }
}

function kernelDetails(event: JsonObject): Details {
  const name = text(event['function_name']);
  const is_inbound = name?.includes('accept') === true;
  const { file, source, destination, transport, mask, label } = kernelArguments(event, is_inbound);
  return {
    activity: kernelActivity(name, mask),
    action: name ?? 'kprobe',
    file,
    source,
    destination,
    transport,
    label,
    is_inbound,
  };
}

function tracepointDetails(event: JsonObject): Details {
  const subsystem = text(event['subsys']);
  const name = text(event['event']);
  const { file, source, destination, transport, label } = kernelArguments(event, false);
  const action = [subsystem, name].filter((part) => part !== undefined).join('/');
  return { activity: observed, action: action || 'tracepoint', file, source, destination, transport, label };
}

function probeDetails(event: JsonObject): Details {
  const symbol = text(event['symbol']) ?? text(event['name']);
  return {
    activity: observed,
    action: symbol ?? 'uprobe',
    file: fileAt(text(event['path'])),
    label: text(event['path']),
  };
}

function namedEnds(event: JsonObject): Pick<Details, 'source' | 'destination' | 'transport'> {
  return {
    source: endpointOf(event['source_ip'], event['source_port']),
    destination: endpointOf(event['destination_ip'], event['destination_port']),
    transport: transportOf(event['protocol']),
  };
}

/** A listening address is the end that others will reach. */
function listenDetails(event: JsonObject): Details {
  const destination = endpointOf(event['ip'], event['port']);
  const transport = transportOf(event['protocol']);
  const label = destination === undefined ? undefined : `${destination.ip}:${destination.port}`;
  return { activity: connected, action: 'listen', destination, transport, label, is_inbound: true };
}
