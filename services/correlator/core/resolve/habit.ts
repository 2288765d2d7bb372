import type { Signal } from '#shared/avro/types.generated.ts';
import type { EntityKind } from '#shared/event/entity.ts';
import { mainKinds } from '../entity/kinds.ts';
import type { Resolution } from './resolve.ts';
import { mainEntityOf, preferredOf } from './roles.ts';

/** Where a flow goes: the first kind of target that says where. */
const destinationKinds: readonly EntityKind[] = ['external', 'workload', 'pod', 'pod_name', 'node', 'ip'];

/** Characters of a command by which it is known again. */
const command_length_max = 200;

/**
 * What a signal shows its workload doing, in words that are the same the next time: talking to somebody, or running a
 * command that a rule speaks of. What a workload did before an attack began is no part of it. Undefined where there is
 * nothing to know again: what people and accounts do at the API server is no habit of a workload.
 */
export function habitOf(signal: Signal, actors: Resolution, targets: Resolution): string | undefined {
  if (signal.family === 'network') {
    const from = preferredOf(actors, mainKinds);
    const to = preferredOf(targets, destinationKinds);
    return from === undefined || to === undefined ? undefined : `${from} > ${to}`;
  }
  const command = signal.fields['process.command_line'];
  const who = mainEntityOf(actors, targets);
  if (signal.family !== 'runtime' || command === undefined || who === undefined) return undefined;
  return `${who} ${signal.rule.id} ${shapeOf(command)}`;
}

/** A command without what differs each time: words with digits are numbers, names of files, ids. */
function shapeOf(command: string): string {
  return command.slice(0, command_length_max).replace(/[^\s/=:,;|"']*\d[^\s/=:,;|"']*/g, '#');
}
