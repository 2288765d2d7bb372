import type { EcsEndpoint, EcsFile } from '#shared/event/ecs.ts';
import { endpointOf } from '#shared/event/endpoint.ts';
import { fileAt } from '#shared/event/file-path.ts';
import { isJsonObject, type JsonObject } from '#shared/event/json.ts';
import { integer, object, objects, text } from '#shared/event/read.ts';

/** What the recorded arguments of a kernel function say. */
export interface KernelArguments {
  readonly file: EcsFile | undefined;
  readonly source: EcsEndpoint | undefined;
  readonly destination: EcsEndpoint | undefined;
  readonly transport: string | undefined;
  /** First integer: an access mask for the file hooks. */
  readonly mask: number | undefined;
  /** What a sentence shows: a path, a module, a capability. */
  readonly label: string | undefined;
}

/** Reads `args`: a list of objects, each with one typed member such as `file_arg` or `sock_arg`. */
export function kernelArguments(event: JsonObject, isInbound: boolean): KernelArguments {
  let file: EcsFile | undefined;
  let mask: number | undefined;
  let label: string | undefined;
  let socket: JsonObject | undefined;
  for (const argument of objects(event['args'])) {
    for (const kind in argument) {
      const value = argument[kind];
      const member = isJsonObject(value) ? value : undefined;
      switch (kind) {
        case 'file_arg':
        case 'path_arg':
        case 'linux_binprm_arg':
          file ??= fileAt(text(member?.['path']));
          break;
        case 'sock_arg':
        case 'skb_arg':
        case 'sockaddr_arg':
          socket ??= member;
          break;
        case 'int_arg':
        case 'uint_arg':
          mask ??= integer(value);
          break;
        case 'string_arg':
          label ??= text(value);
          break;
        case 'capability_arg':
        case 'module_arg':
        case 'kernel_module_arg':
        case 'bpf_map_arg':
          label ??= text(member?.['name']) ?? text(member?.['MapName']);
          break;
        default:
          break;
      }
    }
  }
  return { file, mask, label: file?.path ?? label, ...socketEnds(socket, isInbound) };
}

type SocketEnds = Pick<KernelArguments, 'source' | 'destination' | 'transport'>;

/** A socket says local and remote; who accepted a connection is its destination. */
function socketEnds(socket: JsonObject | undefined, isInbound: boolean): SocketEnds {
  if (socket === undefined) return { source: undefined, destination: undefined, transport: undefined };
  const local = endpointOf(socket['saddr'], socket['sport']);
  const remote = endpointOf(socket['daddr'] ?? socket['addr'], socket['dport'] ?? socket['port']);
  return {
    source: isInbound ? remote : local,
    destination: isInbound ? local : remote,
    transport: transportName(text(socket['protocol'])),
  };
}

/** `IPPROTO_TCP` is `tcp`. */
function transportName(protocol: string | undefined): string | undefined {
  return protocol?.startsWith('IPPROTO_') === true ? protocol.slice(8).toLowerCase() : undefined;
}

/** The integer that the function returned; negative is a refusal. */
export function returnValue(event: JsonObject): number | undefined {
  return integer(object(event['return'])?.['int_arg']);
}
