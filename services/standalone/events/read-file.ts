import { readFileSync, statSync } from 'node:fs';
import type { Family } from '#shared/avro/types.generated.ts';
import type { NormalisedEvent } from '#shared/event/event.ts';
import type { Format } from '#shared/event/format.ts';
import { isJsonObject, parseJson } from '#shared/event/json.ts';

import { formatTime, fromMilliseconds } from '#shared/event/time.ts';
import { type Reading, readRecord } from '#shared/ingest/read-record.ts';
import { families } from '../../../schemas/topics/topics.ts';

/** One record of a file and what the formats made of it. */
export interface ReadEntry {
  readonly value: Buffer;
  readonly family: Family;
  readonly events: readonly NormalisedEvent[];
  readonly dropped: readonly string[];
  readonly rejected: Reading['rejected'];
}

export interface ReadFileOptions {
  readonly formats: Readonly<Record<Family, readonly Format[]>>;
  /** Undefined: the first family of which a format knows the record. */
  readonly family: Family | undefined;
  readonly scope: string;
}

/**
 * Reads a file of tool output as the services would: one record, or a recorded stream
 * (`{"topic","timestamp","value"}` a line). The file's modification time stands in for the arrival of records.
 */
export function readEventFile(file: string, options: ReadFileOptions): readonly ReadEntry[] {
  const bytes = readFileSync(file);
  const arrival_ms = Math.trunc(statSync(file).mtimeMs);
  const stream = readStreamLines(bytes);
  if (stream !== undefined)
    return stream.map((line) => readOne(line.value, line.timestamp_ms, line.family, options));
  return [readOne(bytes, arrival_ms, options.family, options)];
}

interface StreamLine {
  readonly family: Family;
  readonly timestamp_ms: number;
  readonly value: Buffer;
}

/** The lines of a recorded stream; undefined when the file is none. */
function readStreamLines(bytes: Buffer): readonly StreamLine[] | undefined {
  const lines: StreamLine[] = [];
  for (const line of bytes.toString('utf8').split('\n')) {
    if (line === '') continue;
    const parsed = parseJson(line);
    if (parsed.kind === 'invalid' || !isJsonObject(parsed.value)) return undefined;
    const { topic, timestamp, value } = parsed.value;
    const family = families.find((candidate) => `raw.${candidate}` === topic);
    if (family === undefined || typeof value !== 'string') return undefined;
    lines.push({
      family,
      timestamp_ms: typeof timestamp === 'number' ? timestamp : 0,
      value: Buffer.from(value),
    });
  }
  return lines.length === 0 ? undefined : lines;
}

function readOne(
  value: Buffer,
  timestamp_ms: number,
  asked: Family | undefined,
  options: ReadFileOptions,
): ReadEntry {
  const tried = (asked === undefined ? families : [asked]).map((family) => ({
    family,
    reading: readAs(family, value, timestamp_ms, options),
  }));
  const found = tried.find(({ reading }) => reading.events.length + reading.dropped.length > 0) ?? tried[0];
  if (found === undefined) throw new TypeError('no family');
  return { value, family: found.family, ...found.reading };
}

function readAs(family: Family, value: Buffer, timestamp_ms: number, options: ReadFileOptions): Reading {
  const record = {
    topic: `raw.${family}`,
    partition: 0,
    offset: 0n,
    timestamp_ms,
    key: undefined,
    value,
    headers: {},
  };
  return readRecord(record, value, formatTime(fromMilliseconds(timestamp_ms)), {
    family,
    formats: options.formats[family],
    scope: options.scope,
    namespace: 'breakwater',
  });
}

/** Enough of a record to know it again. */
export function excerpt(value: Buffer): string {
  const start = value.toString('utf8', 0, 120).replace(/\s+/g, ' ').trim();
  return value.length > 120 ? `${start}…` : start;
}
