const quote = 34;
const backslash = 92;
const dot = 46;
const minus = 45;
const colon = 58;
const comma = 44;
const bracket = 91;

/** Shortest run of digits and dots that a double may not hold: every integer of 15 digits is exact. */
const run_length_min = 16;

/**
 * A quick look at the bytes of a text: false when no run of digits in it is long enough to be rounded, which spares
 * most records the search. In UTF-8, bytes of digits are digits.
 */
export function mayHoldLongNumber(bytes: Buffer): boolean {
  for (let at = run_length_min - 1; at < bytes.length; at += run_length_min) {
    if (!isDigitOrDot(bytes[at] ?? 0)) continue;
    if (!isDigitOrDot(bytes[at - 8] ?? 0) && !isDigitOrDot(bytes[at + 8] ?? 0)) continue;
    let start = at;
    while (start > 0 && isDigitOrDot(bytes[start - 1] ?? 0)) start--;
    let end = at + 1;
    while (end < bytes.length && isDigitOrDot(bytes[end] ?? 0)) end++;
    if (end - start >= run_length_min) return true;
  }
  return false;
}

/**
 * Puts quotes around the numbers of a JSON text that `JSON.parse` would round, so that they arrive as exact text.
 *
 * A run of 16 digits covers at least one position divisible by 16, so one character in 16 is looked at.
 * `quick` judges by the neighbours of the digits whether they are a number; it may be wrong inside a string, but then
 * its quote ends that string right before a digit, which no JSON parser accepts: a wrong guess is always noticed.
 * `careful` follows the strings of the text and is never wrong.
 */
export function quoteUnsafeNumbers(text: string, mode: 'quick' | 'careful'): string {
  let result = '';
  let copied = 0;
  let strings: StringTracker | undefined;
  for (let at = run_length_min - 1; at < text.length; at += run_length_min) {
    if (!isDigitOrDot(text.charCodeAt(at))) continue;
    // A run of 16 that covers this position covers the one 8 before or the one 8 after, too.
    if (!isDigitOrDot(text.charCodeAt(at - 8)) && !isDigitOrDot(text.charCodeAt(at + 8))) continue;
    let start = at;
    while (start > copied && isDigitOrDot(text.charCodeAt(start - 1))) start--;
    let end = at + 1;
    while (end < text.length && isDigitOrDot(text.charCodeAt(end))) end++;
    if (end - start < run_length_min) continue;
    at = end - (end % run_length_min) - 1;
    if (text.charCodeAt(start - 1) === minus) start--;
    if (!isRounded(text, start, end) || !standsAsNumber(text, start, end)) continue;
    if (mode === 'careful') {
      strings ??= new StringTracker(text);
      if (strings.isInside(start)) continue;
    }
    result += `${text.slice(copied, start)}"${text.slice(start, end)}"`;
    copied = end;
  }
  return copied === 0 ? text : result + text.slice(copied);
}

function isDigitOrDot(code: number): boolean {
  return (code >= 48 && code <= 57) || code === dot;
}

/** An integer beyond 2^53, or a decimal of seconds (10 digits and more) finer than a double. */
function isRounded(text: string, start: number, end: number): boolean {
  const token = text.slice(start, end);
  const point = token.indexOf('.');
  if (point === -1) return !Number.isSafeInteger(Number(token));
  return point >= 10 && end - start > 17 && token.indexOf('.', point + 1) === -1 && point + 1 < token.length;
}

/** Whether the neighbours are those of a JSON number: a member value, an array item or the whole text. */
function standsAsNumber(text: string, start: number, end: number): boolean {
  let after = end;
  while (isSpace(text.charCodeAt(after))) after++;
  const next = text.charCodeAt(after);
  // `,` `}` `]` or the end of the text
  if (after < text.length && next !== comma && next !== 125 && next !== 93) return false;
  let before = start - 1;
  while (before >= 0 && isSpace(text.charCodeAt(before))) before--;
  if (before < 0) return true;
  const previous = text.charCodeAt(before);
  if (previous === comma || previous === bracket) return true;
  return previous === colon && !followsEscapedQuote(text, before);
}

/** `\":123` is a member of a JSON text inside a string. */
function followsEscapedQuote(text: string, colonAt: number): boolean {
  let at = colonAt - 1;
  while (at >= 0 && isSpace(text.charCodeAt(at))) at--;
  return text.charCodeAt(at) !== quote || isEscaped(text, at);
}

function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (first > 0 && text.charCodeAt(first - 1) === backslash) first--;
  return (at - first) % 2 === 1;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

/** Tells for growing positions whether they lie inside a string. */
class StringTracker {
  readonly #text: string;
  #inside = false;
  #next: number;

  constructor(text: string) {
    this.#text = text;
    this.#next = text.indexOf('"');
  }

  isInside(at: number): boolean {
    while (this.#next !== -1 && this.#next < at) {
      if (!this.#inside || !isEscaped(this.#text, this.#next)) this.#inside = !this.#inside;
      this.#next = this.#text.indexOf('"', this.#next + 1);
    }
    return this.#inside;
  }
}
