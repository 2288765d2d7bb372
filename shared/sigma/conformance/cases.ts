import type { PlainValue } from '../yaml/node.ts';
import { type Expectation, expectations, type Single } from './expectations.ts';

/** One cell of the table: an item of a rule, an event, and whether they match. */
export interface Case {
  readonly name: string;
  /** Key and value of the detection item. */
  readonly item: Readonly<Record<string, PlainValue>>;
  readonly event: Readonly<Record<string, PlainValue>>;
  readonly matches: boolean;
}

/** States of the field `f` that every item meets; `undefined` is absent. */
const texts = [
  'abc',
  'ABC',
  'xabcx',
  'abcdef',
  'defabc',
  'a c',
  'a\nc',
  'abc\n',
  '',
  ' ',
  'Grüße ÄÖ',
  'grüße äö',
  '日本語',
  '😀',
  '*',
  'a*c',
  'x -abc',
  'x /abc',
  'x –abc',
  '12',
  '012',
  '12.0',
  '-5',
  'true',
  'null',
  '10.1.2.3',
  '11.1.2.3',
  '2026-11-02T08:15:27Z',
  '2024-12-30 23:59:59',
  'QUJD',
  'xxYWJjxx',
  'YQBiAGMA',
  'AGEAYgBj',
  '//5hAGIAYwA=',
  'FiYw',
  'hYm',
] as const;
const singles: readonly Single[] = [...texts, 12, 0, -5, 12.5, 4_625, true, false, null];
const arrays: readonly (readonly Single[])[] = [
  [],
  ['abc'],
  ['x', 'ABC'],
  ['x', 'y'],
  [12, 'x'],
  [null],
  [null, 'abc'],
  [true, '10.1.2.3'],
  ['Grüße ÄÖ', 'a\nc'],
];

interface Row {
  readonly chain: string;
  readonly values: readonly PlainValue[];
}

const textual: readonly PlainValue[] = ['abc', 'a*c', 'a?c', 'grüße äö', 'a\nc', '日本語', '😀'];
const rows: readonly Row[] = [
  { chain: '', values: [...textual, '', 12, -5, true, false, null, '12', '*', 'true'] },
  { chain: 'contains', values: [...textual, 12] },
  { chain: 'startswith', values: [...textual, 12] },
  { chain: 'endswith', values: [...textual, 12] },
  { chain: 'cased', values: ['abc', 'ABC', 'Grüße ÄÖ', 'a*c'] },
  { chain: 'contains|cased', values: ['abc', 'ÄÖ'] },
  { chain: 'startswith|cased', values: ['abc', 'Gr'] },
  { chain: 'endswith|cased', values: ['abc', 'ÄÖ'] },
  { chain: 'windash', values: ['x -abc', 'x /abc', 'abc'] },
  { chain: 'contains|windash', values: [' -abc', '-a', 'abc'] },
  { chain: 're', values: ['abc', '^abc$', 'a.c', '[A-Z]+', 'ü', '\\d{2}', '^$'] },
  { chain: 're|i', values: ['abc', 'GRÜSSE|GRÜẞE|ÄÖ'] },
  { chain: 're|m', values: ['^c$', '^a$'] },
  { chain: 're|s', values: ['a.c', '^.+c.$'] },
  { chain: 'base64', values: ['ABC'] },
  { chain: 'base64|contains', values: ['abc', 'ABC'] },
  { chain: 'base64offset|contains', values: ['abc', 'ü'] },
  { chain: 'wide|base64offset|contains', values: ['abc'] },
  { chain: 'utf16le|base64|contains', values: ['abc'] },
  { chain: 'utf16be|base64|contains', values: ['abc'] },
  { chain: 'utf16|base64|contains', values: ['abc'] },
  { chain: 'lt', values: [12, 0] },
  { chain: 'lte', values: [12, -5] },
  { chain: 'gt', values: [12, -6] },
  { chain: 'gte', values: [12, 12.5] },
  { chain: 'cidr', values: ['10.0.0.0/8', '10.1.2.3/32', '0.0.0.0/0'] },
  { chain: 'minute', values: [15] },
  { chain: 'hour', values: [8] },
  { chain: 'day', values: [2] },
  { chain: 'month', values: [11, 12] },
  { chain: 'year', values: [2026] },
  { chain: 'week', values: [45, 1] },
  { chain: 'hour|gte', values: [9] },
  { chain: 'hour|lt', values: [9] },
];

/** Every case, in a fixed order. */
export function allCases(): readonly Case[] {
  return [...rows.flatMap(casesOfRow), ...listCases(), ...negatedCases(), ...shapeCases()];
}

/** A single value, an array of which any element may match, and the absent field. */
function holds(expectation: Expectation, rule: PlainValue, event: Event): boolean {
  if (event === undefined) return rule === null;
  return isList(event) ? event.some((element) => expectation(rule, element)) : expectation(rule, event);
}

type Event = Single | readonly Single[] | undefined;

function isList(event: Event): event is readonly Single[] {
  return Array.isArray(event);
}

const events: readonly Event[] = [undefined, ...singles, ...arrays];

function documentOf(event: Event): Case['event'] {
  return event === undefined ? { g: 'there' } : { f: event };
}

function expectationOf(chain: string): Expectation {
  const expectation = expectations.get(chain);
  if (expectation === undefined) throw new TypeError(`no expectation for ${chain}`);
  return expectation;
}

function makeCase(key: string, value: PlainValue, event: Event, matches: boolean): Case {
  const item = { [key]: value };
  return {
    name: `${JSON.stringify(item)} on ${JSON.stringify(event) ?? 'absent'}`,
    item,
    event: documentOf(event),
    matches,
  };
}

function keyOf(chain: string): string {
  return chain === '' ? 'f' : `f|${chain}`;
}

function casesOfRow({ chain, values }: Row): readonly Case[] {
  const expectation = expectationOf(chain);
  return values.flatMap((value) =>
    events.map((event) => makeCase(keyOf(chain), value, event, holds(expectation, value, event))),
  );
}

/** Lists are alternatives; with `all`, each must match some element. */
function listCases(): readonly Case[] {
  const lists = [
    ['abc', 'x'],
    ['a', 'c'],
    ['12', 'abc'],
  ];
  return ['', 'contains', 'startswith', 'endswith'].flatMap((chain) => {
    const expectation = expectationOf(chain);
    return lists.flatMap((list) =>
      events.flatMap((event) => [
        makeCase(
          keyOf(chain),
          list,
          event,
          list.some((value) => holds(expectation, value, event)),
        ),
        makeCase(
          `${keyOf(chain)}|all`,
          list,
          event,
          list.every((value) => holds(expectation, value, event)),
        ),
      ]),
    );
  });
}

/** `neq` negates the whole item: an absent field matches. */
function negatedCases(): readonly Case[] {
  return ['', 'contains', 'endswith', 'cased', 're', 'cidr'].flatMap((chain) => {
    const expectation = expectationOf(chain);
    const value = chain === 'cidr' ? '10.0.0.0/8' : 'abc';
    return events.map((event) =>
      makeCase(`${keyOf(chain)}|neq`, value, event, !holds(expectation, value, event)),
    );
  });
}

/** What depends on the field being there, or on another field. */
function shapeCases(): readonly Case[] {
  const exists = events.flatMap((event) => [
    makeCase('f|exists', true, event, event !== undefined),
    makeCase('f|exists', false, event, event === undefined),
  ]);
  const relations: readonly (readonly [string, (a: string, b: string) => boolean])[] = [
    ['fieldref', (a, b) => a === b],
    ['fieldref|contains', (a, b) => a.includes(b)],
    ['fieldref|startswith', (a, b) => a.startsWith(b)],
    ['fieldref|endswith', (a, b) => a.endsWith(b)],
  ];
  const pairs = [
    'abc',
    'ABC',
    'xabcx',
    'abcdef',
    'defabc',
    '',
    12,
    '12',
    true,
    'ÄÖ',
    'äö',
    null,
    undefined,
  ] as const;
  const references = relations.flatMap(([chain, relation]) =>
    pairs.flatMap((f) =>
      pairs.map((g): Case => {
        const item = { [`f|${chain}`]: 'g' };
        const event = { ...(f === undefined ? {} : { f }), ...(g === undefined ? {} : { g }) };
        const missing = f === undefined || f === null || g === undefined || g === null;
        const matches = !missing && relation(String(f).toLowerCase(), String(g).toLowerCase());
        return { name: `${JSON.stringify(item)} on ${JSON.stringify(event)}`, item, event, matches };
      }),
    ),
  );
  return [...exists, ...references];
}
