import { yaml_depth_max, yaml_nodes_max } from '../limits.ts';
import type { Position } from '../problem.ts';
import type { YamlEntry, YamlScalar } from './node.ts';
import { plainScalar } from './plain-scalar.ts';

/** Thrown by the readers of simple YAML at what they leave to the whole parser; caught where they begin. */
export class NotSimple extends Error {
  constructor() {
    super('not simple YAML');
    this.name = 'NotSimple';
  }
}

const newline = 0x0a;
const space = 0x20;

/** A place in a text that the readers of simple YAML move forward. */
export class Cursor {
  readonly text: string;
  readonly #file: string;
  index = 0;
  /** The line of the last position that was asked for, where it begins, and where it ends. */
  #line = 1;
  #line_start = 0;
  #line_end: number;
  #nodes = yaml_nodes_max;

  constructor(file: string, text: string) {
    this.#file = file;
    this.text = text;
    this.#line_end = this.#endFrom(0);
  }

  #endFrom(offset: number): number {
    const end = this.text.indexOf('\n', offset);
    return end < 0 ? this.text.length : end;
  }

  /** The position of an offset. Offsets are asked for in ascending order, but for those of one line. */
  at(offset: number): Position {
    if (offset < this.#line_start) throw new NotSimple();
    while (offset > this.#line_end) {
      this.#line += 1;
      this.#line_start = this.#line_end + 1;
      this.#line_end = this.#endFrom(this.#line_start);
    }
    return { file: this.#file, line: this.#line, column: offset - this.#line_start + 1 };
  }

  /** Counts a node against the bounds of a file. */
  enter(depth: number): void {
    this.#nodes -= 1;
    if (this.#nodes <= 0 || depth > yaml_depth_max) throw new NotSimple();
  }

  /** The character here; NaN at the end. */
  get unit(): number {
    return this.text.charCodeAt(this.index);
  }

  is(character: string): boolean {
    return this.text.startsWith(character, this.index);
  }

  skipSpaces(): void {
    while (this.unit === space) this.index += 1;
  }

  /** Spaces and a comment up to the end of the line, and the line end. */
  endLine(): void {
    const before = this.index;
    this.skipSpaces();
    if (this.is('#') && (this.index > before || this.index === 0 || this.text[this.index - 1] === '\n')) {
      this.index = this.lineEnd();
    }
    if (this.unit === newline) this.index += 1;
    else if (this.index < this.text.length) throw new NotSimple();
  }

  /** Goes to the start of the next line that is neither empty nor a comment; its indentation, or -1 at the end. */
  nextLine(): number {
    for (;;) {
      const start = this.index;
      this.skipSpaces();
      const indent = this.index - start;
      if (this.index >= this.text.length) return -1;
      if (this.unit !== newline && !this.is('#')) {
        this.index = start;
        return indent;
      }
      this.index = start;
      this.endLine();
    }
  }

  /** The end of the line that the cursor is in. */
  lineEnd(): number {
    return this.#endFrom(this.index);
  }

  scalar(source: string, plain: boolean, offset: number): YamlScalar {
    if (plain && noteworthy.test(source)) throw new NotSimple();
    return { kind: 'scalar', value: plain ? plainScalar(source) : source, source, at: this.at(offset) };
  }
}

/** Texts that the linter has a word on. */
const noteworthy = /^(?:yes|no|on|off|[-+]?0\d+)$/i;

/** Adds an entry, unless its key is there. */
export function addEntry(entries: YamlEntry[], keys: Set<string>, entry: YamlEntry): void {
  if (keys.has(entry.key)) throw new NotSimple();
  keys.add(entry.key);
  entries.push(entry);
}
