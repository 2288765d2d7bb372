import { entity, type Entity } from '#shared/event/entity.ts';
import type { Draft, FactDraft } from '#shared/event/format.ts';
import { userName } from '#shared/event/kubernetes.ts';

/** A person as a directory knows them. */
export interface Person {
  readonly directory: 'scim' | 'keycloak' | 'authentik';
  readonly id: string | undefined;
  /** Names by which other tools may call this person: user names, addresses, subject ids. */
  readonly names: readonly string[];
  readonly full_name: string | undefined;
  readonly email: string | undefined;
  readonly created_ns: bigint | undefined;
  readonly changed_ns: bigint | undefined;
}

/** Directories may be wrong about addresses, and names are given to others in time. */
const name_confidence = 90;

/** The draft of a person: all names are one. */
export function personDraft(person: Person, from_ns: bigint): Draft {
  const { directory, id, full_name, email } = person;
  const entities = entitiesOf(person.names);
  const [first] = entities;
  return {
    time_ns: person.changed_ns ?? person.created_ns,
    dataset: `${directory}.people`,
    dedupe_key: undefined,
    document: {
      message: `Person ${full_name ?? person.names[0] ?? 'unnamed'}`,
      event: { kind: 'asset', category: ['iam'], type: ['user', 'info'], module: directory },
      user: { id, name: person.names[0], full_name, email },
    },
    actors: [],
    targets: first === undefined ? [] : [first],
    facts: sameFacts(entities, from_ns),
  };
}

export function entitiesOf(names: readonly string[]): readonly Entity[] {
  return [...new Set(names.map((name) => entity('user', userName(name))))];
}

/** The first name is every other one. */
export function sameFacts(entities: readonly Entity[], from_ns: bigint): readonly FactDraft[] {
  const [first, ...others] = entities;
  if (first === undefined) return [];
  return others.map((other) => ({
    a: other,
    relation: 'is',
    b: first,
    from_ns,
    confidence: name_confidence,
  }));
}
