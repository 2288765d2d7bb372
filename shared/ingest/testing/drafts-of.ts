import type { Draft, Format, FormatResult, RecordContext } from '#shared/event/format.ts';
import { isJsonObject, parseJson } from '#shared/event/json.ts';

/** For tests of formats: a scope, and an arrival time after all samples. */
export const testContext: RecordContext = {
  scope: 'default',
  arrival_ns: 1_800_000_000_000_000_000n,
  shipper: undefined,
};

/** Passes a record (an object, serialised first, or a text as it came) through a format that must recognise it. */
export function resultOf(format: Format, record: object | string, context = testContext): FormatResult {
  const text = typeof record === 'string' ? record : JSON.stringify(record);
  const parsed = parseJson(text);
  const value = parsed.kind === 'ok' && isJsonObject(parsed.value) ? parsed.value : text;
  if (!format.recognises(value)) throw new Error(`${format.name} does not recognise it`);
  return format.normalise(value, context);
}

/** The drafts of a record that gives some. */
export function draftsOf(format: Format, record: object | string, context = testContext): readonly Draft[] {
  const result = resultOf(format, record, context);
  if (result.kind !== 'ok') throw new Error(`${result.kind}: ${result.reason}`);
  return result.drafts;
}

/** The draft of a record that gives one. */
export function draftOf(format: Format, record: object | string, context = testContext): Draft {
  const [draft, ...others] = draftsOf(format, record, context);
  if (draft === undefined || others.length > 0) throw new Error('not exactly one draft');
  return draft;
}
