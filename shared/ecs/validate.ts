import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, list, texts } from '#shared/event/read.ts';
import { documentFields } from '#shared/search/templates/properties.ts';
import { ecsCatalogue, type EcsField } from '../../schemas/ecs/catalogue.ts';
import { typeProblem } from './types.ts';

/** One thing that is wrong with a document. */
export interface Violation {
  /** Dotted name. */
  readonly field: string;
  readonly problem: string;
}

const catalogue: ReadonlyMap<string, EcsField> = new Map(Object.entries(ecsCatalogue));

/** Names that have fields below them, in the templates. */
const branches: ReadonlySet<string> = new Set(
  [...documentFields.event.keys()].flatMap((name) => {
    const parts = name.split('.');
    return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'));
  }),
);

/** Stored whole, searchable in part: names below it that no template has are not violations. */
const open = 'kubernetes.audit';

/** Without these a document finds no place in its data stream, or no reader. */
const required = [
  '@timestamp',
  'ecs.version',
  'event.id',
  'event.kind',
  'event.dataset',
  'event.category',
  'event.type',
];

/**
 * What is wrong with an event document: fields that neither ECS 9.4 nor our extension knows, values of the wrong type,
 * values that ECS does not allow, event types that do not go with the categories, lists where ECS has one value and
 * the reverse, and what every document must have.
 */
export function validateDocument(document: JsonObject): readonly Violation[] {
  const violations: Violation[] = [];
  for (const field of required) {
    if (at(document, ...field.split('.')) === undefined) violations.push({ field, problem: 'missing' });
  }
  validateMembers(document, '', violations);
  validateEventTypes(document, violations);
  if (at(document, 'event', 'dataset') !== at(document, 'data_stream', 'dataset')) {
    violations.push({ field: 'event.dataset', problem: 'differs from data_stream.dataset' });
  }
  return violations;
}

function validateMembers(value: JsonObject, prefix: string, violations: Violation[]): void {
  for (const [key, member] of Object.entries(value)) validateField(`${prefix}${key}`, member, violations);
}

function validateField(field: string, value: JsonValue, violations: Violation[]): void {
  if (value === null) return;
  const type = documentFields.event.get(field);
  if (type === undefined) {
    validateBranch(field, value, violations);
    return;
  }
  const known = catalogue.get(field);
  if (value === '') violations.push({ field, problem: 'is empty' });
  const problem = shapeProblem(value, known) ?? firstProblem(value, type, known);
  if (problem !== undefined) violations.push({ field, problem });
}

function validateBranch(field: string, value: JsonValue, violations: Violation[]): void {
  const isOpen = field.startsWith(`${open}.`);
  if (branches.has(field)) {
    const items = isList(value) ? value : [value];
    for (const item of items) {
      if (isJsonObject(item)) validateMembers(item, `${field}.`, violations);
      else violations.push({ field, problem: 'a value where fields are expected' });
    }
  } else if (!isOpen) {
    violations.push({ field, problem: 'neither in ECS nor in our extension' });
  }
}

/** Lists where ECS has one value, one value where it has a list. Our own fields may be either. */
function shapeProblem(value: JsonValue, known: EcsField | undefined): string | undefined {
  if (known === undefined) return undefined;
  if (known.array === true && !isList(value)) return 'must be a list';
  return known.array !== true && isList(value) && known.type !== 'object' ? 'must be one value' : undefined;
}

function firstProblem(value: JsonValue, type: string, known: EcsField | undefined): string | undefined {
  for (const item of isList(value) ? value : [value]) {
    const problem = typeProblem(item, type) ?? allowedProblem(item, known);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function allowedProblem(value: JsonValue, known: EcsField | undefined): string | undefined {
  if (known === undefined || typeof value !== 'string') return undefined;
  if (known.allowed !== undefined && !known.allowed.includes(value)) return `${value} is not allowed`;
  if (known.pattern !== undefined && !new RegExp(known.pattern).test(value))
    return `${value} does not match the pattern`;
  return undefined;
}

/** ECS says for each category which types go with it. */
function validateEventTypes(document: JsonObject, violations: Violation[]): void {
  const pairs = catalogue.get('event.category')?.event_types;
  const categories = texts(at(document, 'event', 'category')) ?? [];
  const allowed = new Set(categories.flatMap((category) => pairs?.[category] ?? []));
  for (const type of list(at(document, 'event', 'type'))) {
    if (typeof type !== 'string' || allowed.has(type)) continue;
    violations.push({ field: 'event.type', problem: `${type} does not go with ${categories.join(', ')}` });
  }
}
