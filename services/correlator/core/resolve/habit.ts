import type { Signal } from '#shared/avro/types.generated.ts';
import type { Entity, EntityKind } from '#shared/event/entity.ts';
import { contactKindOf } from '#shared/event/first-key.ts';
import { linkKindOf, mainKinds } from '../entity/kinds.ts';
import type { Resolution } from './resolve.ts';
import { mainEntityOf, preferredOf } from './roles.ts';

/** Where a flow goes: the first kind of target that says where. */
const destinationKinds: readonly EntityKind[] = ['external', 'workload', 'pod', 'pod_name', 'node', 'ip'];

/** Characters of a command by which it is known again. */
const command_length_max = 200;

/**
 * What a signal shows its workload doing, in words that are the same the next time: talking to somebody, running a
 * command that a rule speaks of, asking something of the API server, failing a policy. What a workload did before an
 * attack began is no part of it. Undefined where there is nothing to know again, and for people: what a thief does under
 * a name, its owner may have done before.
 */
export function habitOf(signal: Signal, actors: Resolution, targets: Resolution): string | undefined {
  if (signal.family === 'network' && signal.class !== 'context') {
    const from = preferredOf(actors, mainKinds);
    const to = domainOf(targets) ?? preferredOf(targets, destinationKinds);
    if (from === undefined || to === undefined) return undefined;
    return signal.first_only === true ? `${from} > ${to} ${contactKindOf(signal.fields)}` : `${from} > ${to}`;
  }
  const [who, what] = shown(signal, actors, targets);
  return who === undefined || what === undefined ? undefined : `${who} ${signal.rule.id} ${what}`;
}

const domain = /^external:(?=[^:]*[a-z_-])[^:]+$/;

/** The name that was asked for or connected to: its addresses change, and a resolver answers for all names. */
function domainOf(targets: Resolution): Entity | undefined {
  return preferredOf(targets, ['external'], (entity) => domain.test(entity));
}

/** Who does what: a state that lasts, a command, or a request. */
function shown(signal: Signal, actors: Resolution, targets: Resolution) {
  if (signal.class === 'context') return [mainEntityOf(actors, targets), ''] as const;
  if (signal.family === 'runtime') return [mainEntityOf(actors, targets), commandOf(signal)] as const;
  return [accountOf(actors), requestOf(signal)] as const;
}

/** The account that asks; what controllers of the cluster do for everybody is nobody's habit. */
function accountOf(actors: Resolution): Entity | undefined {
  return preferredOf(actors, ['serviceaccount'], (entity) => linkKindOf(entity) !== undefined);
}

function commandOf({ fields }: Signal): string | undefined {
  const command = fields['process.command_line'];
  return command === undefined ? undefined : shapeOf(command);
}

/** What an audit record says was asked for, and of which namespace; the names of objects differ each time. */
function requestOf({ fields }: Signal): string | undefined {
  const verb = fields['kubernetes.audit.verb'];
  const resource = fields['kubernetes.audit.objectRef.resource'];
  const namespace = fields['kubernetes.audit.objectRef.namespace'] ?? '';
  return verb === undefined || resource === undefined ? undefined : `${verb} ${resource} ${namespace}`;
}

/** A command without what differs each time: words with digits are numbers, names of files, ids. */
function shapeOf(command: string): string {
  return command.slice(0, command_length_max).replace(/[^\s/=:,;|"']*\d[^\s/=:,;|"']*/g, '#');
}
