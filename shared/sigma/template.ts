import { quoted_chars_max } from './limits.ts';
import { readField } from './match/read-field.ts';
import { textOf } from './match/value.ts';

const placePattern = /\{([^{}]{1,256})\}/g;

/** Fills the `{field}` places of a template with the first value of each field; undefined when one has none. */
export function fillTemplate(template: string, document: object): string | undefined {
  let complete = true;
  const filled = template.replaceAll(placePattern, (_whole, field: string) => {
    const text = firstText(document, field);
    if (text === undefined) complete = false;
    return text ?? '';
  });
  return complete ? filled : undefined;
}

/** Fills a sentence; a field without value reads `?`. */
export function fillSentence(template: string, document: object): string {
  return template.replaceAll(placePattern, (_whole, field: string) => firstText(document, field) ?? '?');
}

function firstText(document: object, field: string): string | undefined {
  for (const value of readField(document, field).values) {
    const text = textOf(value);
    if (text !== undefined && text !== '') return text.slice(0, quoted_chars_max);
  }
  return undefined;
}
