import { windash_variants_max } from '../limits.ts';
import { joinPatterns, type Pattern } from '../rule/pattern.ts';

const dashes = ['-', '/', '–', '—', '―'] as const;
/** A dash or slash that begins an argument: no word character before it, one after it. */
const argumentDash = /(?<![\p{L}\p{N}_])[-/](?=[\p{L}\p{N}_])/gu;

/** Every way to write the dashes of a pattern that begin arguments; undefined when there are too many. */
export function windashVariants(pattern: Pattern): readonly Pattern[] | undefined {
  let variants: Pattern[] = [[]];
  for (const part of pattern) {
    const pieces = typeof part === 'string' ? part.split(argumentDash) : undefined;
    const choices: readonly Pattern[] =
      pieces === undefined || typeof part !== 'string' ? [[part]] : rejoined(pieces);
    if (variants.length * choices.length > windash_variants_max) return undefined;
    variants = variants.flatMap((variant) => choices.map((choice) => joinPatterns(variant, choice)));
  }
  return variants;
}

function rejoined(pieces: readonly string[]): readonly Pattern[] {
  const [first = '', ...rest] = pieces;
  if (dashes.length ** rest.length > windash_variants_max)
    return Array.from({ length: windash_variants_max + 1 }, () => []);
  let texts = [first];
  for (const piece of rest) texts = texts.flatMap((text) => dashes.map((dash) => text + dash + piece));
  return texts.map((text) => (text === '' ? [] : [text]));
}

/** First characters of the base64 text that depend on what stands before, by offset. */
const start_offsets = [0, 2, 3] as const;

/** The three texts of which base64 text holds one when the encoded data holds the bytes at any offset. */
export function base64Offsets(bytes: Buffer): readonly string[] {
  return start_offsets.map((start, offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset, ' '), bytes]).toString('base64');
    // The last characters depend on what follows, unless the bytes end at a boundary.
    const remainder = (bytes.length + offset) % 3;
    const end = remainder === 0 ? encoded.length : encoded.length - (remainder === 1 ? 3 : 2);
    return encoded.slice(start, end);
  });
}

/** The bytes of a text in UTF-16. */
export function utf16(text: string, order: 'little' | 'big' | 'little with mark'): Buffer {
  const little = Buffer.from(order === 'little with mark' ? `\ufeff${text}` : text, 'utf16le');
  return order === 'big' ? little.swap16() : little;
}

/** Bytes as the text in which each is one character: how a field shows encoded text that is not base64. */
export function bytesAsPattern(bytes: Buffer): Pattern {
  const text = bytes.toString('latin1');
  return text === '' ? [] : [text];
}
