import { allCases, type Case } from '#shared/sigma/conformance/cases.ts';
import { createRandom } from '../bench/sigma/random.ts';

/** A rule, flat events, and what the engine says of each. */
export interface Task {
  readonly id: string;
  readonly detection: Readonly<Record<string, unknown>>;
  readonly events: readonly Flat[];
}

export type Scalar = string | number | boolean | null;
export type Flat = Readonly<Record<string, Scalar>>;

/** The cases of the table that a database row can express: no lists in the event. */
export function caseTasks(): readonly Task[] {
  const byItem = new Map<string, Case[]>();
  for (const one of allCases()) {
    const key = JSON.stringify(one.item);
    byItem.set(key, [...(byItem.get(key) ?? []), one]);
  }
  return [...byItem].map(([id, cases]) => ({
    id,
    detection: { s: cases[0]?.item ?? {}, condition: 's' },
    events: cases.flatMap(({ event }) => (isFlat(event) ? [event] : [])),
  }));
}

function isFlat(event: Case['event']): event is Flat {
  return Object.values(event).every((value) => typeof value !== 'object' || value === null);
}

const words = [
  'a',
  'b',
  'ab',
  'abc',
  'bca',
  'cab',
  'a b',
  'a-b',
  'x',
  'xyz',
  '',
  'a\nb',
  'é',
  '日本',
  'C:\\a\\b',
  'aab',
  '100',
  '/bin/a',
];
const patterns = [
  'a',
  'ab',
  'a*',
  '*b',
  '*b*',
  'a?c',
  '?b',
  'b*a',
  'x',
  '',
  'é',
  '日*',
  'C:\\a\\b',
  '*\\\\*',
  '\\*',
  '100',
  '/bin/*',
];
const parts = ['a', 'b', 'ab', 'bc', 'c', 'é', '本', '\\', 'x', ' ', '0', '/'];
const regexes = ['a.c', '^a', 'b$', 'a|x', '[ab]{2}', '\\d+', 'a\\sb', '(?:ab)+c?', 'é|日', '^$'];
const conditions = [
  's1',
  's1 and s2',
  's1 or s2',
  's1 and not s2',
  'not s1',
  'not (s1 or s2)',
  '1 of s*',
  'all of s*',
  's1 and (s2 or not s3)',
  'not 1 of s*',
  's3 or not all of s*',
];
const numbers = [-1, 0, 5, 12, 12.5, 100];
const addresses = ['10.0.0.1', '10.255.0.1', '11.0.0.1', '192.168.1.7'];

/**
 * Random rules and events over what both sides mean the same by: text without case beyond ASCII, numbers with numbers,
 * fields that are there or not, but never null.
 */
export function randomTasks(count: number, seed: number): readonly Task[] {
  const random = createRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  };
  const some = <Item>(items: readonly Item[]): readonly Item[] =>
    Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(items));

  function item(): readonly [string, unknown] {
    const field = pick(['f', 'g']);
    const kind = pick([
      'plain',
      'plain',
      'part',
      'part',
      'all',
      'neq',
      're',
      'cased',
      'number',
      'exists',
      'null',
      'field',
      'cidr',
      'windash',
      'base64',
    ]);
    switch (kind) {
      case 'plain':
        return [field, some(patterns)];
      case 'part':
        return [`${field}|${pick(['contains', 'startswith', 'endswith'])}`, some(parts)];
      case 'all':
        return [`${field}|contains|all`, [pick(parts), pick(parts)]];
      case 'neq':
        return [`${field}|${pick(['neq', 'contains|neq', 'endswith|neq'])}`, pick(parts)];
      case 're':
        return [`${field}|re`, some(regexes)];
      case 'cased':
        return [
          `${field}|${pick(['contains|cased', 'startswith|cased', 'cased'])}`,
          pick(['a', 'ab', 'abc']),
        ];
      case 'number':
        return [`n|${pick(['lt', 'lte', 'gt', 'gte'])}`, pick(numbers)];
      case 'exists':
        return [`${field}|exists`, pick([true, false])];
      case 'null':
        return [field, null];
      case 'field':
        return [`${field}|fieldref${pick(['', '|contains', '|startswith', '|endswith'])}`, pick(['f', 'g'])];
      case 'cidr':
        return ['ip|cidr', pick(['10.0.0.0/8', '192.168.1.0/24', '10.0.0.1/32'])];
      case 'windash':
        return [`${field}|contains|windash`, pick(['-b', 'a -b', '/a'])];
      default:
        return [`${field}|base64offset|contains`, pick(['abc', 'xyz'])];
    }
  }

  const selection = (): unknown => {
    const map = (): object => Object.fromEntries(Array.from({ length: 1 + Math.floor(random() * 2) }, item));
    return random() < 0.2 ? [map(), map()] : map();
  };
  const event = (): Flat =>
    Object.fromEntries(
      [
        ['f', pick(words)] as const,
        ['g', pick(words)] as const,
        ['n', pick(numbers)] as const,
        ['ip', pick(addresses)] as const,
      ].filter(() => random() < 0.85),
    );
  return Array.from({ length: count }, (_, index) => ({
    id: `random ${seed}/${index}`,
    detection: { s1: selection(), s2: selection(), s3: selection(), condition: pick(conditions) },
    events: Array.from({ length: 10 }, event),
  }));
}
