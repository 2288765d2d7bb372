import type { PlainValue } from '../yaml/node.ts';

/**
 * What each modifier means for one value of a rule and one value of an event, written down once more with the plainest
 * means, so that the engine is checked against something else than itself.
 */
export type Expectation = (rule: PlainValue, event: Single) => boolean;
export type Single = string | number | boolean | null;

const text = (value: PlainValue): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value);
const known = (event: Single): event is string | number | boolean => event !== null;
const lower = (value: string): string => value.toLowerCase();

/** Wildcards as regular expressions of the language; rule texts of the table have no backslashes. */
function wildcards(rule: string, before: string, after: string, flags: string): RegExp {
  const body = Array.from(rule, (character) => {
    if (character === '*') return '.*';
    if (character === '?') return '.';
    return character.replace(/[.+^${}()|[\]\\/]/, '\\$&');
  });
  return new RegExp(`^${before}${body.join('')}${after}$`, `su${flags}`);
}

const like =
  (before: string, after: string, flags = 'i'): Expectation =>
  (rule, event) =>
    known(event) && wildcards(text(rule), before, after, flags).test(text(event));

const equals: Expectation = (rule, event) => (rule === null ? event === null : like('', '')(rule, event));
const contains = like('.*', '.*');
const startswith = like('', '.*');
const endswith = like('.*', '');

const dashes = ['-', '/', '–', '—', '―'];
const dashed = (rule: PlainValue): readonly string[] => {
  // The texts of the table have at most one dash that begins an argument.
  const match = /^(.*(?:^|[^\w]))[-/](?=\w)(.*)$/s.exec(text(rule));
  return match === null ? [text(rule)] : dashes.map((dash) => `${match[1] ?? ''}${dash}${match[2] ?? ''}`);
};

const encoded = (bytes: Buffer): string => bytes.toString('base64');
const wide = (rule: PlainValue): Buffer => Buffer.from(text(rule), 'utf16le');
const holdsText = (event: Single, part: string): boolean =>
  known(event) && lower(text(event)).includes(lower(part));
const offsets = (bytes: Buffer): readonly string[] =>
  [0, 1, 2].map((offset) => {
    const whole = encoded(Buffer.concat([Buffer.alloc(offset), bytes]));
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor(((offset + bytes.length) * 8) / 6);
    return whole.slice(first, last);
  });

const numeric = (event: Single): number =>
  typeof event === 'number'
    ? event
    : typeof event === 'string' && /^-?\d+(\.\d+)?$/.test(event)
      ? Number(event)
      : Number.NaN;
const date = (event: Single): Date =>
  new Date(
    typeof event === 'string' && /^\d{4}-\d\d-\d\d[T ]/.test(event)
      ? `${event.replace(' ', 'T').replace(/Z?$/, '')}Z`
      : Number.NaN,
  );

function week(value: Date): number {
  const day = new Date(value);
  day.setUTCDate(day.getUTCDate() + 3 - ((day.getUTCDay() + 6) % 7));
  const first = new Date(Date.UTC(day.getUTCFullYear(), 0, 4));
  return (
    1 + Math.round(((day.getTime() - first.getTime()) / 86_400_000 - 3 + ((first.getUTCDay() + 6) % 7)) / 7)
  );
}

const ipv4 = (value: string): number =>
  /^(\d{1,3}\.){3}\d{1,3}$/.test(value)
    ? value.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
    : Number.NaN;

/** As in PCRE, `$` is also before a line end that ends the text. */
const regex =
  (flags: string): Expectation =>
  (rule, event) => {
    const source = flags.includes('m') ? text(rule) : text(rule).replace(/\$$/, '(?=\\n?$)');
    return known(event) && new RegExp(source, flags).test(text(event));
  };

/** By chain of modifiers. What has no entry is decided by the shape of the document, not by a single value. */
export const expectations: ReadonlyMap<string, Expectation> = new Map<string, Expectation>([
  ['', equals],
  ['contains', contains],
  ['startswith', startswith],
  ['endswith', endswith],
  ['cased', like('', '', '')],
  ['contains|cased', like('.*', '.*', '')],
  ['startswith|cased', like('', '.*', '')],
  ['endswith|cased', like('.*', '', '')],
  ['windash', (rule, event) => dashed(rule).some((variant) => equals(variant, event))],
  ['contains|windash', (rule, event) => dashed(rule).some((variant) => contains(variant, event))],
  ['re', regex('u')],
  ['re|i', regex('iu')],
  ['re|m', regex('mu')],
  ['re|s', regex('su')],
  ['base64', (rule, event) => known(event) && lower(text(event)) === lower(encoded(Buffer.from(text(rule))))],
  ['base64|contains', (rule, event) => holdsText(event, encoded(Buffer.from(text(rule))))],
  [
    'base64offset|contains',
    (rule, event) => offsets(Buffer.from(text(rule))).some((part) => holdsText(event, part)),
  ],
  ['wide|base64offset|contains', (rule, event) => offsets(wide(rule)).some((part) => holdsText(event, part))],
  ['utf16le|base64|contains', (rule, event) => holdsText(event, encoded(wide(rule)))],
  ['utf16be|base64|contains', (rule, event) => holdsText(event, encoded(wide(rule).swap16()))],
  [
    'utf16|base64|contains',
    (rule, event) => holdsText(event, encoded(Buffer.concat([Buffer.from([0xff, 0xfe]), wide(rule)]))),
  ],
  ['lt', (rule, event) => numeric(event) < Number(rule)],
  ['lte', (rule, event) => numeric(event) <= Number(rule)],
  ['gt', (rule, event) => numeric(event) > Number(rule)],
  ['gte', (rule, event) => numeric(event) >= Number(rule)],
  [
    'cidr',
    (rule, event) => {
      const [network = '', bits = '32'] = text(rule).split('/');
      const size = 2 ** (32 - Number(bits));
      return typeof event === 'string' && Math.floor(ipv4(event) / size) === Math.floor(ipv4(network) / size);
    },
  ],
  ['minute', (rule, event) => date(event).getUTCMinutes() === rule],
  ['hour', (rule, event) => date(event).getUTCHours() === rule],
  ['day', (rule, event) => date(event).getUTCDate() === rule],
  ['month', (rule, event) => date(event).getUTCMonth() + 1 === rule],
  ['year', (rule, event) => date(event).getUTCFullYear() === rule],
  ['week', (rule, event) => week(date(event)) === rule],
  ['hour|gte', (rule, event) => date(event).getUTCHours() >= Number(rule)],
  ['hour|lt', (rule, event) => date(event).getUTCHours() < Number(rule)],
]);
