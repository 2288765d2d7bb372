const quote = 34;
const backslash = 92;
const dot = 46;
const zero = 48;
const minus = 45;
const colon = 58;
const comma = 44;
const bracket = 91;

/** Shortest run of digits and dots that a double may not hold: every integer of 15 digits is exact. */
const run_length_min = 16;

/** Written out for each character: the engine then skips through the text in steps of half a run. */
const longRun = new RegExp(String.raw`[\d.]`.repeat(run_length_min), 'g');

/**
 * Puts quotes around the numbers of a JSON text that `JSON.parse` would round, so that they arrive as exact text.
 *
 * `quick` judges by the neighbours of the digits whether they are a number; it may be wrong inside a string, but then
 * its quote ends that string right before a digit, which no JSON parser accepts: a wrong guess is always noticed.
 * `careful` follows the strings of the text and is never wrong.
 */
export function quoteUnsafeNumbers(text: string, mode: 'quick' | 'careful'): string {
  let result = '';
  let copied = 0;
  let strings: StringTracker | undefined;
  longRun.lastIndex = 0;
  while (longRun.test(text)) {
    let start = longRun.lastIndex - run_length_min;
    let end = longRun.lastIndex;
    while (end < text.length && isDigitOrDot(text.charCodeAt(end))) end++;
    longRun.lastIndex = end;
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

/** An integer beyond 2^53, or a decimal of seconds (10 digits and more) finer than a double; not what starts with 0. */
function isRounded(text: string, start: number, end: number): boolean {
  const token = text.slice(start, end);
  const first = token.charCodeAt(0) === minus ? 1 : 0;
  if (token.charCodeAt(first) === zero) return false;
  const point = token.indexOf('.');
  // Of 17 digits, none is below 2^53.
  if (point === -1) return token.length - first > run_length_min || !Number.isSafeInteger(Number(token));
  return point >= 10 && token.length > 17 && token.indexOf('.', point + 1) === -1 && point + 1 < token.length;
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
