import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Signal } from '#shared/avro/types.generated.ts';
import type { RuleSet } from '../set/rule-set.ts';
import type { Definition } from './definition.ts';
import type { Episode } from './episode.ts';
import type { GroupState } from './group-store.ts';

/** The state of one rule in one scope. */
export interface SavedRule {
  readonly rule_id: string;
  readonly groups: readonly GroupState[];
}

/** The state of one scope. */
export interface SavedScope {
  readonly scope: string;
  readonly latest_ns: bigint;
  readonly rules: readonly SavedRule[];
}

/** Grows when the same text would mean something else. */
const format = 1;

const number = z.int().nonnegative();
const episodeSchema = z.tuple([number, number, number, z.array(number), number, number]);
const savedSchema = z.object({
  fingerprint: z.string(),
  scopes: z.array(
    z.object({
      scope: z.string(),
      latest_ns: z.string(),
      rules: z.array(
        z.tuple([
          z.string(),
          z.array(
            z.union([
              z.tuple([z.string(), z.array(number)]),
              z.tuple([z.string(), z.array(number), z.string(), episodeSchema.nullable()]),
            ]),
          ),
        ]),
      ),
    }),
  ),
});
type SavedText = z.infer<typeof savedSchema>;
type GroupText = SavedText['scopes'][number]['rules'][number][1][number];

/** What a state depends on besides signals: the correlation rules, the fields they read, and how long they look back. */
export function fingerprintOf(set: RuleSet, definitions: readonly Definition[], horizon_ns: bigint): string {
  const rules = definitions.map(({ rule: { id }, sources }) => [
    id,
    set.hashes.get(id),
    [...sources.values()].map(({ id: source, group_fields, value_fields }) => [
      source,
      group_fields,
      value_fields,
    ]),
  ]);
  const text = JSON.stringify([format, String(horizon_ns), rules]);
  return createHash('sha256').update(text).digest('base64url');
}

export function encodeSaved(
  fingerprint: string,
  scopes: Iterable<SavedScope>,
  numberOf: (signal: Signal) => number,
): string {
  const episodeText = ({ first, last, completion, decisive, completed_hits, hits }: Episode) =>
    [
      numberOf(first),
      numberOf(last),
      numberOf(completion),
      decisive.map(numberOf),
      completed_hits,
      hits,
    ] satisfies z.infer<typeof episodeSchema>;
  const groupText = ({ key, hits, settled, settled_ns }: GroupState): GroupText =>
    settled_ns === undefined
      ? [key, hits.map(numberOf)]
      : [key, hits.map(numberOf), String(settled_ns), settled === undefined ? null : episodeText(settled)];
  const saved: SavedText = {
    fingerprint,
    scopes: Array.from(scopes, ({ scope, latest_ns, rules }) => ({
      scope,
      latest_ns: String(latest_ns),
      rules: rules.map(({ rule_id, groups }) => [rule_id, groups.map(groupText)]),
    })),
  };
  return JSON.stringify(saved);
}

/** Reads what `encodeSaved` wrote; undefined for another fingerprint, or when it is not that. */
export function decodeSaved(
  text: string,
  fingerprint: string,
  signals: readonly Signal[],
): readonly SavedScope[] | undefined {
  const read = savedSchema.safeParse(parse(text));
  if (!read.success || read.data.fingerprint !== fingerprint) return undefined;
  const missing = new Set<number>();
  const signalOf = (at: number): Signal | undefined => {
    const signal = signals[at];
    if (signal === undefined) missing.add(at);
    return signal;
  };
  const listOf = (places: readonly number[]): readonly Signal[] => places.flatMap((at) => signalOf(at) ?? []);
  const episodeOf = (saved: z.infer<typeof episodeSchema>): Episode | undefined => {
    const [first, last, completion] = [signalOf(saved[0]), signalOf(saved[1]), signalOf(saved[2])];
    if (first === undefined || last === undefined || completion === undefined) return undefined;
    return { first, last, completion, decisive: listOf(saved[3]), completed_hits: saved[4], hits: saved[5] };
  };
  const scopes = read.data.scopes.map(({ scope, latest_ns, rules }) => ({
    scope,
    latest_ns: BigInt(latest_ns),
    rules: rules.map(([rule_id, groups]) => ({
      rule_id,
      groups: groups.map(([key, hits, settled_ns, settled]) => ({
        key,
        hits: listOf(hits),
        settled: settled ? episodeOf(settled) : undefined,
        settled_ns: settled_ns === undefined ? undefined : BigInt(settled_ns),
      })),
    })),
  }));
  return missing.size === 0 ? scopes : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
