import { isJsonObject, parseJson } from '#shared/event/json.ts';
import { at, text } from '#shared/event/read.ts';

/** What the tool wrote, as the document holds it; the document itself when it holds nothing, so that nothing is lost. */
export function originalOf(document: string): string {
  return textAt(document, 'event', 'original') ?? document;
}

/** A text in a JSON document; undefined when it is not there, or the document is none. */
export function textAt(document: string, ...path: readonly string[]): string | undefined {
  const parsed = parseJson(document);
  if (parsed.kind !== 'ok' || !isJsonObject(parsed.value)) return undefined;
  return text(at(parsed.value, ...path));
}
