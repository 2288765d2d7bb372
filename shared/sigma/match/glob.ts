import { anyOne, anyRun, type Pattern, type PatternPart, patternShape } from '../rule/pattern.ts';

/** Whether a text, folded or not as the pattern is, fits a pattern as a whole. */
export type TextMatcher = (text: string) => boolean;

/** The matcher of a pattern; time is at most the length of the text times that of the pattern. */
export function textMatcher(pattern: Pattern): TextMatcher {
  const shape = patternShape(pattern);
  switch (shape.kind) {
    case 'exact':
      return (text) => text === shape.text;
    case 'prefix':
      return (text) => text.startsWith(shape.text);
    case 'suffix':
      return (text) => text.endsWith(shape.text);
    case 'contains':
      return (text) => text.includes(shape.text);
    case 'anything':
      return () => true;
    case 'glob':
      return globMatcher(pattern);
  }
}

/** The texts and `?` between two `*`. */
type Segment = readonly Exclude<PatternPart, typeof anyRun>[];

function globMatcher(pattern: Pattern): TextMatcher {
  const segments = segmentsOf(pattern);
  const [first = []] = segments;
  const last = segments.at(-1) ?? [];
  const inner = segments.slice(1, -1);
  if (segments.length === 1) return (text) => matchAt(first, text, 0) === text.length;
  return (text) => {
    let from = matchAt(first, text, 0);
    if (from < 0) return false;
    // The leftmost place of each segment leaves most room for the rest.
    for (const segment of inner) {
      from = find(segment, text, from);
      if (from < 0) return false;
    }
    const start = startOfEnd(last, text);
    return start >= from && matchAt(last, text, start) === text.length;
  };
}

function segmentsOf(pattern: Pattern): readonly Segment[] {
  const segments: Exclude<PatternPart, typeof anyRun>[][] = [[]];
  for (const part of pattern) {
    if (part === anyRun) segments.push([]);
    else segments.at(-1)?.push(part);
  }
  return segments;
}

/** Where the segment ends when it matches at `from`; -1 when it does not. */
function matchAt(segment: Segment, text: string, from: number): number {
  let index = from;
  for (const part of segment) {
    if (part === anyOne) {
      if (index >= text.length) return -1;
      index += isPair(text, index) ? 2 : 1;
    } else {
      if (!text.startsWith(part, index)) return -1;
      index += part.length;
    }
  }
  return index;
}

/** Where the first match of the segment at or after `from` ends; -1 when there is none. */
function find(segment: Segment, text: string, from: number): number {
  const [head] = segment;
  if (typeof head !== 'string') {
    for (let start = from; start <= text.length; start += isPair(text, start) ? 2 : 1) {
      const end = matchAt(segment, text, start);
      if (end >= 0) return end;
    }
    return -1;
  }
  for (let start = text.indexOf(head, from); start >= 0; start = text.indexOf(head, start + 1)) {
    const end = matchAt(segment, text, start);
    if (end >= 0) return end;
  }
  return -1;
}

/** Where the segment must start to end with the text. */
function startOfEnd(segment: Segment, text: string): number {
  let index = text.length;
  for (const part of segment.toReversed()) {
    if (part !== anyOne) index -= part.length;
    else index -= index >= 2 && isPair(text, index - 2) ? 2 : 1;
    if (index < 0) return -1;
  }
  return index;
}

function isPair(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  if (unit < 0xd800 || unit > 0xdbff) return false;
  const next = text.charCodeAt(index + 1);
  return next >= 0xdc00 && next <= 0xdfff;
}
