import { type Entity } from '#shared/event/entity.ts';
import { addressEntity } from '#shared/event/address.ts';

/** Peers of one command line that are named; more say no more of who is behind it. */
const peers_max = 4;
/** Characters of a command line that are looked at. */
const command_length_max = 4_096;

const address = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|\[[0-9a-f:]{4,39}\]/gi;

/**
 * Addresses that a command line names: on the outside where the tool of an intruder calls, sends to or is fetched from, in a
 * container as well as on a node; inside the pod that is reached next. Names are left out: many programs are told those of
 * public services.
 */
export function namedPeers(command_line: string | undefined): readonly Entity[] {
  if (command_line === undefined) return none;
  const found = new Set<Entity>();
  for (const [text] of command_line.slice(0, command_length_max).matchAll(address)) {
    const peer = addressEntity(text);
    if (peer !== undefined) found.add(peer);
    if (found.size === peers_max) break;
  }
  return [...found];
}

const none: readonly Entity[] = [];
