import type { Signal } from '#shared/avro/types.generated.ts';
import type { Entity, EntityKind } from '#shared/event/entity.ts';
import { contactKindOf } from '#shared/event/first-key.ts';
import { kindOf, linkKindOf, mainKinds } from '../entity/kinds.ts';
import type { Resolution } from './resolve.ts';
import { mainEntityOf, preferredOf } from './roles.ts';

/** Where a flow goes: the first kind of target that says where. */
const destinationKinds: readonly EntityKind[] = ['external', 'workload', 'pod', 'pod_name', 'node', 'ip'];

/** Characters of a command by which it is known again. */
const command_length_max = 200;

/**
 * What a signal shows its workload doing, in words that are the same the next time: talking to somebody, running a
 * command that a rule speaks of, asking something of the API server, failing a policy. What a workload did before an
 * attack began is no part of it. What a thief does under a name, its owner may have done before: people are known by
 * what they come with, the program that asks and the country of a session. Undefined where there is nothing to know again.
 */
export function habitOf(
  signal: Signal,
  actors: Resolution,
  targets: Resolution,
  guise: Guise | undefined,
): string | undefined {
  if (signal.class === 'context') return words(mainEntityOf(actors, targets), signal.rule.id);
  if (signal.family === 'network') return contactOf(signal, actors, targets, guise);
  if (signal.family !== 'runtime') return requestOf(signal, actors, guise);
  return words(runnerOf(actors, targets), signal.rule.id, shapeOf(signal.fields['process.command_line']));
}

/** With what a person or an account comes. */
export interface Guise {
  /** `user:x with` a program, or `user:x from` a place. */
  readonly person: string;
  /** `user:x with curl/8`. */
  readonly text: string;
}

/** With which program a person or an account asks, or from which place a session is; undefined where nobody says. */
export function guiseOf({ class: role, family, fields }: Signal, actors: Resolution): Guise | undefined {
  if (role === 'context' || family === 'runtime') return undefined;
  const isSession = family === 'network';
  const who = isSession ? preferredOf(actors, mainKinds) : askerOf(actors);
  const said = isSession ? placeOf(fields, actors) : fields[program_field];
  // Programs of accounts are updated all the time.
  const what = who === undefined || isPersonal(who) ? said : said?.split('/', 1)[0];
  if (who === undefined || what === undefined || (isSession && !isPersonal(who))) return undefined;
  const person = `${who} ${isSession ? 'from' : 'with'}`;
  return { person, text: `${person} ${what}` };
}

/** The country and the network that a session comes from, as far as they are told: one provider has one network in one town. */
function placeOf(fields: Signal['fields'], actors: Resolution): string | undefined {
  const address = preferredOf(actors, ['external'], (entity) => network.test(entity));
  const [near] = address === undefined ? [] : (network.exec(address) ?? []);
  const place = [fields[country_field], near].filter((part) => part !== undefined).join(' ');
  return place === '' ? undefined : place;
}

/** The first 24 bits of an IPv4 address, the first 48 of an IPv6 address. */
const network = /^external:(?:\d+\.\d+\.\d+(?=\.\d+$)|(?:[\da-f]*:){3})/;
const country_field = 'source.geo.country_iso_code';
const program_field = 'user_agent.original';

/** Whether a habit is a person's. */
export function isPersonal(habit: string): boolean {
  return habit.startsWith('user:');
}

function words(...all: readonly (string | undefined)[]): string | undefined {
  return all.includes(undefined) ? undefined : all.join(' ');
}

function contactOf(
  signal: Signal,
  actors: Resolution,
  targets: Resolution,
  guise: Guise | undefined,
): string | undefined {
  // By a connection, what it leads to is found from both ends.
  const from = preferredOf(actors, mainKinds, (entity) => !targets.has(entity));
  if (from !== undefined && isPersonal(from)) return guise?.text;
  const to = domainOf(targets) ?? preferredOf(targets, destinationKinds);
  return signal.first_only === true
    ? words(from, '>', to, contactKindOf(signal.fields))
    : words(from, '>', to);
}

const domain = /^external:(?=[^:]*[a-z_-])[^:]+$/;

/** The name that was asked for or connected to: its addresses change, and a resolver answers for all names. */
function domainOf(targets: Resolution): Entity | undefined {
  return preferredOf(targets, ['external'], (entity) => domain.test(entity));
}

/** What runs a command. The nodes of a cluster are alike: what one runs is a habit of all. */
function runnerOf(actors: Resolution, targets: Resolution): Entity | undefined {
  const main = mainEntityOf(actors, targets);
  return main !== undefined && kindOf(main) === 'node' ? 'node:*' : main;
}

/** A command without what differs each time: words with digits are numbers, names of files, ids. */
function shapeOf(command: string | undefined): string | undefined {
  return command?.slice(0, command_length_max).replace(/[^\s/=:,;|"']*\d[^\s/=:,;|"']*/g, '#');
}

/**
 * What an audit record says was asked for, and of which namespace; the names of objects differ each time. Whatever a
 * person asks for shows the program: what it is asked for counts where a rule finds it worth a word.
 */
function requestOf(
  { fields, rule }: Signal,
  actors: Resolution,
  guise: Guise | undefined,
): string | undefined {
  const asker = askerOf(actors);
  const verb = fields['kubernetes.audit.verb'];
  const resource = fields['kubernetes.audit.objectRef.resource'];
  const request = words(rule.id, verb, resource, fields['kubernetes.audit.objectRef.namespace'] ?? '');
  if (asker === undefined || !isPersonal(asker) || request === undefined) return words(asker, request);
  return rule.level === 'informational' ? guise?.text : words(guise?.text, request);
}

/** The account or person that asks; what controllers of the cluster do for everybody is nobody's habit. */
function askerOf(actors: Resolution): Entity | undefined {
  return preferredOf(actors, ['serviceaccount', 'user'], (entity) => linkKindOf(entity) !== undefined);
}
