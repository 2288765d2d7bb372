import { entityKind, entityValue, isEntity } from '#shared/event/entity.ts';
import { name } from './fact.ts';

/** Entities that may name a person, or an address that belongs to one: leaves have a pseudonym in their place. */
const personal = new Set(['user', 'session', 'ip', 'external', 'connection']);
/** Names that one fact lists. */
const names_max = 64;

/** Facts by which records about things are found again: `subjects`, `namespaces`, `images`; none that is empty. */
export function entityFacts(
  entities: Iterable<string>,
  pseudonym: (name: string) => string,
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
  return listFacts({ subjects, namespaces, images });
}

const isInNamespace = new Set(['workload', 'serviceaccount', 'pod_name']);

/** Lists as facts: names with spaces between them. What does not look like a machine's name is left out. */
export function listFacts(lists: Readonly<Record<string, Iterable<string>>>): Record<string, string> {
  const facts = Object.entries(lists).map(([fact, names]): [string, string] => {
    const shown = [...new Set(names)].filter((each) => name.pattern.test(each));
    return [fact, shown.slice(0, names_max).join(' ')];
  });
  return Object.fromEntries(facts.filter(([, value]) => value !== ''));
}
