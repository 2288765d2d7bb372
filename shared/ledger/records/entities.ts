import { entityKind, entityValue, isEntity } from '#shared/event/entity.ts';
import { name } from './fact.ts';

/** Entities that may name a person, or an address that belongs to one: leaves have a pseudonym in their place. */
const personal = new Set(['user', 'session', 'ip', 'external', 'connection']);
/** Names that one fact lists. */
const names_max = 64;

/** What else a record is found by, names with spaces between them. */
interface FurtherNames {
  readonly namespaces?: string | undefined;
  readonly images?: string | undefined;
}

/**
 * Facts by which records about things are found again: `subjects`, `namespaces`, `images`; none that is empty. Of `also`
 * come the names that no entity has.
 */
export function entityFacts(
  entities: Iterable<string>,
  pseudonym: (name: string) => string,
  also: FurtherNames = {},
): Record<string, string> {
  const [subjects, namespaces, images] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const entity of entities) {
    if (!isEntity(entity)) continue;
    const [kind, value] = [entityKind(entity), entityValue(entity)];
    subjects.add(personal.has(kind) ? pseudonym(value) : entity);
    if (kind === 'image' || kind === 'image_reference') images.add(value);
    const namespace = isInNamespace.has(kind) ? value.slice(0, value.indexOf('/')) : '';
    if (namespace !== '') namespaces.add(namespace);
  }
  for (const each of also.namespaces?.split(' ') ?? []) namespaces.add(each);
  for (const each of also.images?.split(' ') ?? []) images.add(each);
  const facts: Record<string, string> = {};
  setList(facts, 'subjects', subjects);
  setList(facts, 'namespaces', namespaces);
  setList(facts, 'images', images);
  return facts;
}

const isInNamespace = new Set(['workload', 'serviceaccount', 'pod_name']);

/** A list is one fact. What does not look like a machine's name is left out. */
function setList(facts: Record<string, string>, fact: string, names: ReadonlySet<string>): void {
  const shown = [...names].filter((each) => name.pattern.test(each)).slice(0, names_max);
  if (shown.length > 0) facts[fact] = shown.join(' ');
}
