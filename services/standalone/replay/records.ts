import { statSync } from 'node:fs';
import type { Family } from '#shared/avro/types.generated.ts';
import { isJsonObject, type JsonValue } from '#shared/event/json.ts';
import type { OutgoingRecord } from '#shared/kafka/port.ts';
import { rawTopics } from '../../../schemas/topics/topics.ts';
import { type EventLine, readEventLine } from './event-line.ts';
import { openInput, readLines } from './lines.ts';

/** A record of the input, or what is wrong with a line that is none. */
export type InputRecord =
  | { readonly kind: 'record'; readonly record: OutgoingRecord }
  | {
      readonly kind: 'unusable';
      readonly line: Buffer;
      readonly line_number: number;
      readonly reason: string;
    };

/**
 * Reads recorded Kafka messages, one JSON object a line: `{"topic","key","timestamp","value"}` with the record value
 * as a string; or the `events.ndjson` of an earlier replay, whose originals are read anew.
 */
export async function* readStream(file: string): AsyncGenerator<InputRecord[]> {
  let line_number = 0;
  for await (const lines of readLines(openInput(file))) {
    yield lines.flatMap((line) => {
      line_number += 1;
      return parseStreamLine(line, line_number);
    });
  }
}

function parseStreamLine(line: Buffer, line_number: number): InputRecord | [] {
  const unusable = (reason: string): InputRecord => ({ kind: 'unusable', line, line_number, reason });
  let parsed: JsonValue;
  try {
    parsed = JSON.parse(line.toString('utf8'));
  } catch {
    return unusable('stream.line_not_json');
  }
  if (!isJsonObject(parsed)) return unusable('stream.line_not_object');
  const { topic, key, timestamp, value } = parsed;
  const event = topic === undefined ? readEventLine(parsed) : undefined;
  if (event !== undefined) return event.kind === 'further' ? [] : recordOf(event, unusable);
  if (typeof topic !== 'string' || !rawTopics.has(topic)) return unusable('stream.topic_unknown');
  if (typeof value !== 'string' && value !== null) return unusable('stream.value_not_string');
  const record: OutgoingRecord = {
    topic,
    key: typeof key === 'string' ? key : undefined,
    value: value === null ? undefined : Buffer.from(value),
    timestamp_ms: typeof timestamp === 'number' ? timestamp : 0,
  };
  return { kind: 'record', record };
}

function recordOf(
  event: Exclude<EventLine, { kind: 'further' }>,
  unusable: (reason: string) => InputRecord,
): InputRecord {
  return event.kind === 'record' ? event : unusable(event.reason);
}

/** Bytes looked at to tell one JSON document from lines. */
const document_bytes_max = 256 * 1024 * 1024;

/**
 * Reads a file as a tool wrote it: one JSON document over several lines is one record, else every line is one. The
 * file's modification time stands in for the arrival time.
 */
export async function* readFamilyFile(file: string, family: Family): AsyncGenerator<InputRecord[]> {
  const topic = `raw.${family}`;
  const timestamp_ms = file === '-' ? Date.now() : Math.trunc(statSync(file).mtimeMs);
  const toRecord = (value: Buffer): InputRecord => ({
    kind: 'record',
    record: { topic, value, timestamp_ms },
  });
  const pending: Buffer[] = [];
  let pending_bytes = 0;
  let decided = false;
  for await (const lines of readLines(openInput(file))) {
    if (decided) {
      yield lines.map(toRecord);
      continue;
    }
    for (const line of lines) {
      pending.push(line);
      pending_bytes += line.length;
    }
    if (!opensDocument(pending) || pending_bytes > document_bytes_max) {
      decided = true;
      yield pending.splice(0).map(toRecord);
    }
  }
  if (pending.length === 0) return;
  const whole = Buffer.concat(pending.flatMap((line) => [line, Buffer.from('\n')]));
  yield isJson(whole) ? [toRecord(whole.subarray(0, -1))] : pending.map(toRecord);
}

/** True while the lines so far may be the beginning of one JSON document: it opens, and its first line is not whole. */
function opensDocument(lines: readonly Buffer[]): boolean {
  const first = lines.find((line) => line.length > 0);
  if (first === undefined) return true;
  const text = first.toString('utf8').trimStart();
  return (text.startsWith('{') || text.startsWith('[')) && !isJson(first);
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
