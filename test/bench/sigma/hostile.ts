import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testsOf } from '#shared/sigma/compile/test.ts';
import { createMatcher } from '#shared/sigma/match/matcher.ts';
import { compileRegex } from '#shared/sigma/regex/regex.ts';
import type { Logsource } from '#shared/sigma/rule/model.ts';
import { buildRuleSet, type CompiledRule } from '#shared/sigma/set/rule-set.ts';
import { ownRules } from './corpus.ts';
import { cpuOf } from './measure.ts';
import { createRandom } from './random.ts';

/** CPU milliseconds of the items of one class of hostile input. */
export interface HostileFigures {
  readonly name: string;
  readonly count: number;
  readonly p99_ms: number;
  readonly max_ms: number;
  /** What none may take longer than. */
  readonly bound_ms: number;
}

const field_chars = 65_536;
const long_chars = 1_048_576;
const items = 200;
/** Bounds of one item on a busy machine; what they hold against is work that grows faster than the input. */
const field_bound_ms = 250;
const long_bound_ms = 2_000;

type Random = () => number;

const logsource: Logsource = { product: 'linux', category: 'process_creation', service: 'tetragon' };
const fields = ['process.command_line', 'process.executable', 'file.path', 'url.original', 'message'];

/** What the worst that senders of events and writers of rules can do costs, by class. */
export function measureHostile(rules: readonly CompiledRule[], seed: number): readonly HostileFigures[] {
  const random = createRandom(seed);
  const literals = rules.flatMap(({ expression }) => testsOf(expression).flatMap(textsOf));
  const matcher = createMatcher(rules);
  const match = (document: object) => (): void => {
    matcher.match(logsource, document);
  };
  const events = (name: string, bound_ms: number, make: () => unknown): HostileFigures =>
    figuresOf(
      name,
      bound_ms,
      Array.from({ length: items }, () =>
        match(nested(Object.fromEntries(fields.map((field) => [field, make()])))),
      ),
    );
  match({})();
  return [
    events('64 kB fields of one letter', field_bound_ms, () =>
      pick(random, ['a', '/', '-', ' ']).repeat(field_chars),
    ),
    events('64 kB fields of what rules look for', field_bound_ms, () =>
      filled(field_chars, () => pick(random, literals)),
    ),
    events('64 kB fields of near matches', field_bound_ms, () =>
      filled(field_chars, () => pick(random, literals).slice(0, -1)),
    ),
    events('64 kB fields beyond ASCII', field_bound_ms, () =>
      filled(field_chars, () => pick(random, ['\u212a', 'İ', 'ς', '\ud800', '😀', pick(random, literals)])),
    ),
    events('1 MB fields', long_bound_ms, () =>
      filled(long_chars / fields.length, () => pick(random, literals)),
    ),
    events('lists of 10,000', long_bound_ms, () =>
      Array.from({ length: 10_000 }, () => pick(random, literals)),
    ),
    figuresOf('deep, wide and odd events', long_bound_ms, oddEvents(random).map(match)),
    figuresOf('catastrophic patterns on 64 kB', field_bound_ms, patterns(random)),
    figuresOf('rule files with errors', long_bound_ms, brokenRules(random)),
  ];
}

function textsOf(test: ReturnType<typeof testsOf>[number]): readonly string[] {
  if (test.kind !== 'text') return [];
  return test.pattern.filter((part) => typeof part === 'string' && part.length > 1).map(String);
}

function figuresOf(name: string, bound_ms: number, works: readonly (() => void)[]): HostileFigures {
  const times = works.map((work) => cpuOf(work) / 1_000).sort((a, b) => a - b);
  const p99_ms = times[Math.ceil(times.length * 0.99) - 1] ?? Number.NaN;
  return { name, count: times.length, p99_ms, max_ms: times.at(-1) ?? Number.NaN, bound_ms };
}

function nested(flat: Readonly<Record<string, unknown>>): object {
  const document: Record<string, Record<string, unknown>> = {};
  for (const [name, value] of Object.entries(flat)) {
    const [first = '', second = 'text'] = name.split('.');
    document[first] = { ...document[first], [second]: value };
  }
  return document;
}

function oddEvents(random: Random): readonly object[] {
  return Array.from({ length: items }, (_, index) => {
    const depth = Math.floor(random() * 20_000);
    if (index % 4 === 0) return deep(depth);
    if (index % 4 === 1)
      return Object.fromEntries(Array.from({ length: depth }, (_none, key) => [`k${key} ${index}`, key]));
    const name = pick(random, ['__proto__', 'constructor', 'toString', 'process']);
    return Object(
      JSON.parse(`{"${name}": {"${name}": [{"name": "sh"}, null, 1e400, "\\ud800"]}, "process": ${depth}}`),
    );
  });
}

function deep(depth: number): object {
  let value: object = { name: 'sh' };
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { process: value };
  return { process: value };
}

/** Patterns that make backtracking engines take for ever, on texts that bring it about. */
function patterns(random: Random): readonly (() => void)[] {
  const sources = [
    '(a+)+$',
    '(a|a)*b',
    '(.*a){20}',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '(x+x+)+y',
    '(?:a?){50}a{50}',
    '\\b(\\w+\\s?)*!',
  ];
  return Array.from({ length: items }, () => {
    const regex = compileRegex(pick(random, sources), { i: random() < 0.5, m: false, s: true });
    const text = filled(field_chars, () => pick(random, ['a', 'x', 'ab', 'a a', 'A']));
    return () => {
      regex.test(text);
    };
  });
}

/** Rules of the project with pieces cut, doubled and put in. */
function brokenRules(random: Random): readonly (() => void)[] {
  const texts = globSync('**/*.yml', { cwd: ownRules }).map((name) =>
    readFileSync(join(ownRules, name), 'utf8'),
  );
  const pieces = [
    '\n',
    '  ',
    '- ',
    ': ',
    '{',
    '[',
    '"',
    "'",
    '&a ',
    '*a',
    '|',
    '>',
    '!!binary ',
    '\u0000',
    '---\n',
    '('.repeat(500),
    '[ '.repeat(500),
  ];
  return Array.from({ length: items }, () => {
    let text = pick(random, texts);
    for (let edit = 0; edit < 4; edit += 1) {
      const at = Math.floor(random() * text.length);
      text = text.slice(0, at) + pick(random, pieces) + text.slice(at + Math.floor(random() * 20));
    }
    return () => {
      buildRuleSet([{ file: 'hostile.yml', text }]);
    };
  });
}

function filled(chars: number, next: () => string): string {
  let text = '';
  while (text.length < chars) text += next();
  return text.slice(0, chars);
}

function pick(random: Random, choices: readonly string[]): string {
  return choices[Math.floor(random() * choices.length)] ?? '';
}
