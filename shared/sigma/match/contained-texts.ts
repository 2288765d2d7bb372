import type { LiteralScanner } from './ascii.ts';
import type { EventField } from './event-field.ts';
import { createLiteralAutomaton } from './literal-automaton.ts';

/** More text than this is read once for all that is looked for in it, less once for each. */
const long_text_chars = 1_024;

/**
 * Whether the values of one field hold a text, for the texts that no rule waits for: bounded work on long values,
 * whatever the number of rules that ask.
 */
export class ContainedTexts {
  readonly #field: EventField;
  readonly #texts: string[] = [];
  /** The values that are answered for: those of another event are another array. */
  #values: readonly string[] = [];
  #long = false;
  #found = new Uint8Array(0);
  #scan: LiteralScanner | undefined;

  constructor(field: EventField) {
    this.#field = field;
  }

  /** Enters a folded text; the answer is asked for with what this returns. */
  add(text: string): () => boolean {
    const number = this.#texts.push(text) - 1;
    return () => {
      const values = this.#field.folded;
      if (this.#values !== values) this.#begin(values);
      return this.#long ? this.#found[number] === 1 : values.some((value) => value.includes(text));
    };
  }

  #begin(values: readonly string[]): void {
    this.#values = values;
    this.#long = values.reduce((chars, value) => chars + value.length, 0) > long_text_chars;
    if (!this.#long) return;
    this.#scan ??= createLiteralAutomaton(this.#texts);
    this.#found = new Uint8Array(this.#texts.length);
    for (const value of values) {
      this.#scan(value, true, (number) => {
        this.#found[number] = 1;
      });
    }
  }
}
