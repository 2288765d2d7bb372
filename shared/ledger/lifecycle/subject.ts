import { isEntity } from '#shared/event/entity.ts';
import type { LeafView } from '../evidence/filter.ts';
import { subjectFacts } from '../evidence/hold-scope.ts';
import { leafPseudonym } from '../pseudonym.ts';
import { entityFacts } from '../records/entities.ts';

/** How leaves name somebody or something: an entity as it is, a person by pseudonym. */
export function subjectInLeaves(secret: Buffer, tenant: string, subject: string): string {
  const pseudonym = (name: string): string => leafPseudonym(secret, tenant, name);
  if (!isEntity(subject)) return pseudonym(subject);
  return entityFacts([subject], pseudonym)['subjects'] ?? pseudonym(subject);
}

/** Whether a leaf or its body (opened when it has to be) is about a subject. */
export type SubjectMatcher = (leaf: LeafView, body: () => Buffer) => boolean;

export function createSubjectMatcher(secret: Buffer, tenant: string, subject: string): SubjectMatcher {
  const inLeaves = subjectInLeaves(secret, tenant, subject);
  const inBodies = isEntity(subject) ? subject.slice(subject.indexOf(':') + 1) : subject;
  return (leaf, body) => {
    if (subjectFacts.some((fact) => leaf.facts[fact]?.split(' ').includes(inLeaves) === true)) return true;
    return names(body().toString(), inBodies);
  };
}

/** Whether JSON text, or text inside it, has the name as a word of a value. */
function names(text: string, name: string): boolean {
  // Most bodies do not have it in any form.
  if (!text.includes(JSON.stringify(name).slice(1, -1)) && !text.includes(escapedTwice(name))) return false;
  return isIn(parsed(text) ?? text, name);
}

function isIn(value: unknown, name: string): boolean {
  if (typeof value === 'string') {
    const inner = /^\s*[[{]/.test(value) ? parsed(value) : undefined;
    if (inner !== undefined) return isIn(inner, name);
    return (
      value === name ||
      value.split(/[\s,;"'<>()]+/).some((word) => word === name || word.endsWith(`:${name}`))
    );
  }
  return typeof value === 'object' && value !== null && Object.values(value).some((each) => isIn(each, name));
}

function escapedTwice(name: string): string {
  return JSON.stringify(JSON.stringify(name).slice(1, -1)).slice(1, -1);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
