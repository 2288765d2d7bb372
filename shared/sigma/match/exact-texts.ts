import { fold } from '../fold.ts';
import { ascii_max, asciiLower, type LiteralScanner } from './ascii.ts';

/** Bits of the table that says which texts are worth folding and looking up. */
const hint_bits = 12;

/**
 * Makes a scanner of the texts that another is equal to. A table by length, first and last character turns nearly all
 * others away before they are folded.
 */
export function createExactScanner(texts: readonly string[]): LiteralScanner {
  const numbers = new Map(texts.map((text, number) => [text, number]));
  const hints = new Uint8Array(2 ** hint_bits);
  const ascii = texts.every((text) => hintOf(text) >= 0);
  for (const text of texts) hints[Math.max(0, hintOf(text))] = 1;

  return (text, folded, found) => {
    if (ascii) {
      const hint = hintOf(text);
      // What begins or ends with another character may still fold to one of the texts.
      if (hint >= 0 && hints[hint] !== 1) return true;
    }
    const number = numbers.get(folded ? text : fold(text));
    if (number !== undefined) found(number);
    return true;
  };
}

/** Equal for texts that are equal but for the case of ASCII letters; -1 when the ends are not ASCII. */
function hintOf(text: string): number {
  const { length } = text;
  if (length === 0) return 0;
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(length - 1);
  if ((first | last) > ascii_max) return -1;
  const mixed = length * 0x2f1 + (asciiLower[first] ?? 0) * 0x61 + (asciiLower[last] ?? 0) * 0x11;
  return mixed & (2 ** hint_bits - 1);
}
