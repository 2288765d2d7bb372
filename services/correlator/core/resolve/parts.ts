import type { Signal } from '#shared/avro/types.generated.ts';
import { kindOf } from '../entity/kinds.ts';
import type { LinkKind } from '../parameters.ts';
import type { Found, Resolution } from './resolve.ts';

/** Ports at which a node itself answers, not a pod on it: its remote shell and its kubelet. */
const node_ports: ReadonlySet<string> = new Set(['22', '10250']);

/** A command that opens a shell on another machine, or copies to it. */
const remote_shell = /^(?:\S*\/)?(?:ssh|scp|sftp)\s/;

/** From where to where a signal says that something was done. */
export interface Ends {
  /** Not from a pod. */
  readonly outside: boolean;
  /** From a node, which it names. */
  readonly of_node: boolean;
  /** To a port of a node itself, or to a shell on it. */
  readonly to_node: boolean;
}

export function endsOf({ fields }: Signal, actors: Resolution): Ends {
  const outside = isOutsidePods(actors);
  const to_node =
    node_ports.has(fields['destination.port'] ?? '') ||
    remote_shell.test(fields['process.command_line'] ?? '');
  return { outside, of_node: outside && isOfNode(actors), to_node };
}

/** Which parts a signal plays in the history of an entity. */
export interface Parts {
  /** Links with every other actor signal of the entity. */
  readonly actor: boolean;
  /** Acted on the entity: links with later signals in which the entity acts. */
  readonly source: boolean;
  /** The entity acts: links with earlier signals that acted on it. */
  readonly sink: boolean;
}

/** Which parts an entity of a kind lets a signal play that names it as actor, as target, or as both. */
export function partsOf(
  kind: LinkKind,
  acts: Found | undefined,
  suffers: Found | undefined,
  { outside, of_node, to_node }: Ends,
  itself: boolean,
): Parts | undefined {
  // A rare peer on the outside, and a connection, tie both directions together.
  if (kind === 'external' || kind === 'connection') return { actor: true, source: false, sink: false };
  if (kind === 'node') {
    // Only as cause: what reaches the node, then what happens on it outside pods. Traffic to an address of the node
    // reaches what is behind it, unless it goes to a port of the node itself.
    const isReached = suffers !== undefined && (to_node || suffers.facts.length === 0);
    return some({ actor: false, source: isReached, sink: acts !== undefined && outside });
  }
  if (kind === 'host_network') {
    // What reaches the address, then a pod behind it; and what a pod behind it does, then traffic of the node itself. All
    // pods of a node show its address to those who watch the wire.
    const isBehind = acts?.of_pod === true;
    const source = suffers !== undefined || isBehind;
    return some({ actor: false, source, sink: isBehind || (acts !== undefined && of_node) });
  }
  if (kind === 'default_serviceaccount') {
    // Only as cause: from a pod that runs as it, to a use of it that names no pod.
    return some({ actor: false, source: acts?.of_pod === true, sink: acts?.named === true && outside });
  }
  if (kind === 'serviceaccount' && !itself) {
    // Who is in a pod may come to act as its account; that others run as it says nothing.
    return some({ actor: false, source: acts?.of_pod === true || suffers !== undefined, sink: false });
  }
  // An operator does for an object what whoever wrote the object wants; all that it does for one is no single act.
  const actor = acts !== undefined && kind !== 'object';
  return { actor, source: suffers !== undefined, sink: acts !== undefined };
}

function some(parts: Parts): Parts | undefined {
  return parts.source || parts.sink ? parts : undefined;
}

/** True when no actor is a pod, by whatever name: a container that nobody knows a pod of is the node's own. */
function isOutsidePods(actors: Resolution): boolean {
  for (const [entity, { named }] of actors) {
    const kind = kindOf(entity);
    if (named && (kind === 'pod' || kind === 'pod_name')) return false;
  }
  return true;
}

/** Whether a node acts by its name: its address is also that of pods behind it. */
function isOfNode(actors: Resolution): boolean {
  for (const [entity, { facts }] of actors) if (kindOf(entity) === 'node' && facts.length === 0) return true;
  return false;
}
