import { ascii_max, asciiLower, isAscii, type LiteralScanner } from './ascii.ts';
import { createLiteralAutomaton } from './literal-automaton.ts';

/** Characters that are looked at together: a sample. */
const sample_chars = 3;
/** With shorter texts, samples would overlap by more than they save. */
const text_chars_min = sample_chars + 1;
/** More characters between samples would need more samples of each text in the table. */
const stride_max = 8;
/** Bits of a character that are looked at: enough to tell letters apart. */
const kind_bits = 5;
const kind_mask = 2 ** kind_bits - 1;
const sample_kinds = 2 ** (kind_bits * sample_chars);
/** Characters that may be compared in one text, beside one for each of its own, before the automaton takes over. */
const comparisons_min = 128;

/** Whether a set of texts is better looked for by samples: all are ASCII and long enough. */
export function canSample(texts: readonly string[]): boolean {
  return texts.every((text) => text.length >= text_chars_min && isAscii(text));
}

/**
 * Finds many ASCII texts by samples: as many characters apart as the shortest text allows, it looks whether three
 * characters are some of a text, and only then compares. A text that is made to hold many such samples is left to the
 * automaton, so that the time stays linear whatever the text.
 */
export function createSampler(texts: readonly string[]): LiteralScanner {
  const shortest = Math.min(...texts.map((text) => text.length));
  const stride = Math.min(stride_max, shortest - sample_chars + 1);
  const candidates = samplesOf(texts, stride);
  const known = new Int32Array(sample_kinds / 32);
  for (const sample of candidates.keys())
    known[sample >> 5] = (known[sample >> 5] ?? 0) | (1 << (sample & 31));
  let automaton: LiteralScanner | undefined;

  /** Compares the texts that may stand here; how many characters that took, or `not_ascii`. */
  function compare(
    text: string,
    end: number,
    sample: number,
    folded: boolean,
    found: (number: number) => void,
  ): number {
    let comparisons = 1;
    for (const { number, literal, sample_end } of candidates.get(sample) ?? []) {
      const equal = equalFrom(text, end - sample_end, literal, folded);
      if (equal === not_ascii) return not_ascii;
      if (equal === literal.length) found(number);
      comparisons += equal + 1;
    }
    return comparisons;
  }

  return (text, folded, found) => {
    const { length } = text;
    let comparisons_left = comparisons_min + length;
    let last = length > 0 ? text.charCodeAt(0) : 0;
    for (let end = sample_chars - 1; end < length; end += stride) {
      // With a stride of two, a sample begins where the one before it ended.
      const a = stride === 2 ? last : text.charCodeAt(end - 2);
      const b = text.charCodeAt(end - 1);
      const c = text.charCodeAt(end);
      last = c;
      // Some other characters fold to ASCII letters.
      if ((a | b | c) > ascii_max && !folded) return false;
      const sample = sampleOf(a, b, c);
      if (((known[sample >> 5] ?? 0) & (1 << (sample & 31))) === 0) continue;
      const comparisons = compare(text, end, sample, folded, found);
      if (comparisons === not_ascii) return false;
      comparisons_left -= comparisons;
      if (comparisons_left < 0) {
        automaton ??= createLiteralAutomaton(texts);
        return automaton(text, folded, found);
      }
    }
    return true;
  };
}

const not_ascii = -1;

/** How many characters are equal from a place on; as many as the literal has when it stands there. */
function equalFrom(text: string, start: number, literal: string, folded: boolean): number {
  if (start < 0 || start + literal.length > text.length) return 0;
  for (let index = 0; index < literal.length; index += 1) {
    const unit = text.charCodeAt(start + index);
    if (unit > ascii_max && !folded) return not_ascii;
    if ((unit > ascii_max ? unit : (asciiLower[unit] ?? 0)) !== literal.charCodeAt(index)) return index;
  }
  return literal.length;
}

/** A text that may stand where a sample was found, which ends `sample_end` characters after its start. */
interface Candidate {
  readonly number: number;
  readonly literal: string;
  readonly sample_end: number;
}

/** By sample, the texts that hold it; of each text as many samples in a row as one of which is looked at wherever it stands. */
function samplesOf(texts: readonly string[], stride: number): ReadonlyMap<number, readonly Candidate[]> {
  const uses = new Map<number, number>();
  for (const text of texts) {
    for (const sample of samplesIn(text)) uses.set(sample, (uses.get(sample) ?? 0) + 1);
  }
  const candidates = new Map<number, Candidate[]>();
  for (const [number, literal] of texts.entries()) {
    const samples = samplesIn(literal);
    const first = rarest(
      samples.map((sample) => uses.get(sample) ?? 0),
      stride,
    );
    for (let place = first; place < first + stride; place += 1) {
      const candidate = { number, literal, sample_end: place + sample_chars - 1 };
      const sample = samples[place] ?? 0;
      const list = candidates.get(sample);
      if (list === undefined) candidates.set(sample, [candidate]);
      else list.push(candidate);
    }
  }
  return candidates;
}

function samplesIn(text: string): readonly number[] {
  return Array.from({ length: text.length - sample_chars + 1 }, (_, place) =>
    sampleOf(text.charCodeAt(place), text.charCodeAt(place + 1), text.charCodeAt(place + 2)),
  );
}

/** Where so many neighbours have the smallest sum: what few texts hold, other texts will seldom hold. */
function rarest(uses: readonly number[], count: number): number {
  const sums = Array.from({ length: uses.length - count + 1 }, (_, start) =>
    uses.slice(start, start + count).reduce((sum, use) => sum + use, 0),
  );
  return sums.indexOf(Math.min(...sums));
}

/** The low bits of three characters: letters of either case have the same. */
function sampleOf(a: number, b: number, c: number): number {
  return ((a & kind_mask) << (2 * kind_bits)) | ((b & kind_mask) << kind_bits) | (c & kind_mask);
}
