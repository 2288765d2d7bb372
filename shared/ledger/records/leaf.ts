import { z } from 'zod';
import { BreakwaterError } from '#shared/errors/error.ts';
import { factKind, recordType } from './catalogue.ts';

/** What a leaf says of a body that is kept elsewhere. */
export interface BodyReference {
  readonly algorithm: 'A256GCM';
  /** Length of the plaintext. */
  readonly bytes: number;
  /** SHA-256(salt || plaintext), hex. */
  readonly commitment: string;
  /** Which key encrypts the body's own key. */
  readonly key: string;
}

/** One leaf of the ledger. */
export interface Leaf {
  readonly body?: BodyReference | undefined;
  readonly facts: Readonly<Record<string, string>>;
  readonly log: string;
  readonly outcome: 'success' | 'failure' | 'unknown';
  readonly producer: string;
  /** When the auditor's topic got it, microseconds since the epoch. */
  readonly received_us: string;
  readonly sequence: string;
  /** Where it was read; leaves that the auditor writes itself have none. */
  readonly source?:
    | { readonly topic: string; readonly partition: number; readonly offset: string }
    | undefined;
  readonly tenant: string;
  /** When it happened, microseconds since the epoch. */
  readonly time_us: string;
  readonly type: string;
}

export const leaf_version = 1;
/** Below the 65,535 bytes of the tile format, so that a leaf never fails to fit. */
export const leaf_bytes_max = 61_440;
export const facts_max = 64;

/**
 * The exact bytes of a leaf: JSON with sorted keys, no floating point and 64-bit integers as text, which makes it
 * canonical (RFC 8785) as it is written. Nothing ever writes it a second time: hashes are over these bytes.
 * @throws BW_LEDGER_LEAF_TOO_LARGE beyond 61,440 bytes.
 */
export function encodeLeaf(leaf: Leaf): Buffer {
  const body =
    leaf.body === undefined
      ? ''
      : `"body":{"algorithm":"A256GCM","bytes":${leaf.body.bytes},"commitment":${quote(leaf.body.commitment)},"key":${quote(leaf.body.key)}},`;
  const source =
    leaf.source === undefined
      ? ''
      : `"source":{"offset":${quote(leaf.source.offset)},"partition":${leaf.source.partition},"topic":${quote(leaf.source.topic)}},`;
  const text =
    `{${body}"facts":${encodeFacts(leaf.facts)},"log":${quote(leaf.log)},"outcome":"${leaf.outcome}",` +
    `"producer":${quote(leaf.producer)},"received_us":"${leaf.received_us}","sequence":"${leaf.sequence}",${source}` +
    `"tenant":${quote(leaf.tenant)},"time_us":"${leaf.time_us}","type":${quote(leaf.type)},"version":${leaf_version}}`;
  const bytes = Buffer.from(text);
  if (bytes.length <= leaf_bytes_max) return bytes;
  throw new BreakwaterError('BW_LEDGER_LEAF_TOO_LARGE', 'A leaf is too large', {
    type: leaf.type,
    bytes: bytes.length,
  });
}

/** Written by hand, because an object would put names that look like numbers first. */
function encodeFacts(facts: Readonly<Record<string, string>>): string {
  const pairs = Object.keys(facts)
    .sort()
    .map((key) => `${quote(key)}:${quote(facts[key] ?? '')}`);
  return `{${pairs.join(',')}}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}

export interface SplitFacts {
  /** For the leaf. */
  readonly shown: Readonly<Record<string, string>>;
  /** For the body. */
  readonly hidden: Readonly<Record<string, string>>;
}

/** Divides facts into those that the catalogue lets a leaf show and those that only the body may have. */
export function splitFacts(type: string, facts: Readonly<Record<string, string>>): SplitFacts {
  const entry = recordType(type);
  const shown: [string, string][] = [];
  const hidden: [string, string][] = [];
  for (const [key, value] of Object.entries(facts)) {
    const kind = entry === undefined ? undefined : factKind(entry, key);
    const fits = kind?.pattern.test(value) === true && shown.length < facts_max;
    (fits ? shown : hidden).push([key, value]);
  }
  return { shown: Object.fromEntries(shown), hidden: Object.fromEntries(hidden) };
}

const digits = z.string().regex(/^-?\d{1,20}$/);
const leafSchema = z.object({
  body: z
    .object({ algorithm: z.literal('A256GCM'), bytes: z.number(), commitment: z.string(), key: z.string() })
    .optional(),
  facts: z.record(z.string(), z.string()),
  log: z.string(),
  outcome: z.enum(['success', 'failure', 'unknown']),
  producer: z.string(),
  received_us: digits,
  sequence: digits,
  source: z.object({ topic: z.string(), partition: z.number(), offset: digits }).optional(),
  tenant: z.string(),
  time_us: digits,
  type: z.string(),
  version: z.literal(leaf_version),
});

/** Reads a leaf. @throws ZodError or SyntaxError when it is none. */
export function parseLeaf(bytes: Buffer): Leaf {
  return leafSchema.parse(JSON.parse(bytes.toString()));
}
