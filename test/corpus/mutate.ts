import { isJsonObject, isList, type JsonValue, parseJson } from '#shared/event/json.ts';

/** A source of numbers in [0, 1), as `createRandom` makes. */
type Random = () => number;

/** A damaged copy of a record: as a broken shipper, a bug or an attacker might make it. */
export function mutate(record: Buffer, random: Random): Buffer {
  const parsed = parseJson(record);
  if (parsed.kind === 'invalid' || random() < 0.3) return mutateBytes(record, random);
  let value = parsed.value;
  const changes = 1 + Math.floor(random() * 4);
  for (let change = 0; change < changes; change++) value = mutateValue(value, random, 0);
  const text = JSON.stringify(value);
  return Buffer.from(random() < 0.2 ? duplicateKey(text, random) : text);
}

function mutateBytes(record: Buffer, random: Random): Buffer {
  const at = Math.floor(random() * record.length);
  const kind = pick(['truncate', 'flip', 'insert', 'repeat'] as const, random);
  if (kind === 'truncate') return record.subarray(0, at);
  if (kind === 'repeat') return Buffer.concat([record, Buffer.from('\n'), record.subarray(0, at)]);
  const noise = Buffer.from(
    Array.from({ length: 1 + Math.floor(random() * 8) }, () => Math.floor(random() * 256)),
  );
  const rest = kind === 'flip' ? at + noise.length : at;
  return Buffer.concat([record.subarray(0, at), noise, record.subarray(rest)]);
}

/** The last of duplicate keys wins, in JSON; not every writer knows. */
function duplicateKey(text: string, random: Random): string {
  const at = text.indexOf('{', Math.floor(random() * text.length));
  const key = /"(\w+)":/.exec(text.slice(at))?.[1];
  return at === -1 || key === undefined
    ? text
    : `${text.slice(0, at + 1)}"${key}":[{"x":1}],${text.slice(at + 1)}`;
}

/** Goes down a random path and changes what it finds there. */
function mutateValue(value: JsonValue, random: Random, depth: number): JsonValue {
  if (depth > 8 || random() < 0.15) return strange(value, random);
  if (isList(value)) {
    if (value.length === 0) return strange(value, random);
    const index = Math.floor(random() * value.length);
    if (random() < 0.1) return value.filter((_, at) => at !== index);
    return value.map((item, at) => (at === index ? mutateValue(item, random, depth + 1) : item));
  }
  if (!isJsonObject(value)) return strange(value, random);
  const entries = Object.entries(value);
  const chosen = entries[Math.floor(random() * entries.length)];
  if (chosen === undefined) return strange(value, random);
  const [key, member] = chosen;
  const change = random();
  if (change < 0.12) return Object.fromEntries(entries.filter(([name]) => name !== key));
  if (change < 0.2) return Object.fromEntries([...entries, [pick(oddKeys, random), member]]);
  return Object.fromEntries(
    entries.map(([name, before]) => [name, name === key ? mutateValue(before, random, depth + 1) : before]),
  );
}

const oddKeys = [
  '__proto__',
  'constructor',
  'toString',
  '',
  'a.b.c',
  ' ',
  '\u0000',
  '\uD800',
  'x'.repeat(2_000),
];

function strange(value: JsonValue, random: Random): JsonValue {
  const text = typeof value === 'string' ? value : JSON.stringify(value).slice(0, 200);
  return pick<() => JsonValue>(
    [
      () => null,
      () => '',
      () => '-',
      () => '<NA>',
      () => [],
      () => ({}),
      () => [value, value],
      () => ({ nested: value }),
      () => random() < 0.5,
      () => -1,
      () => 1e308,
      () => '18446744073709551615',
      () => '9007199254740993',
      () => '9999-12-31T23:59:59.999999999Z',
      () => '0001-01-01T00:00:00Z',
      () => text.repeat(3),
      () => text.slice(0, Math.floor(random() * text.length)),
      () => 'x'.repeat(random() < 0.05 ? 300_000 : 9_000),
      () => Array.from({ length: 600 }, () => 'item'),
      () => deep(Math.floor(random() * 70)),
      () => `\uD83D${text}\uFFFD\u0000`,
      () => '203.0.113.7:99999',
      () => 'sha256:zz',
      () => text.toUpperCase(),
    ],
    random,
  )();
}

function deep(levels: number): JsonValue {
  let value: JsonValue = 'deep';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? { down: value } : [value];
  return value;
}

function pick<Item>(items: readonly [Item, ...Item[]] | readonly Item[], random: Random): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}
