import { type Address, parseAddress } from '../compile/network.ts';
import { fold } from '../fold.ts';
import type { FieldIndex } from './field-index.ts';
import { type Scalar, textOf } from './value.ts';

/** What the event at hand has under one name; what is derived from its values is derived once. */
export class EventField {
  readonly name: string;
  readonly #index: FieldIndex | undefined;
  readonly #used: EventField[];
  readonly #values: Scalar[] = [];
  #present = false;
  #folded: readonly string[] | undefined;
  #addresses: readonly Address[] | undefined;

  /**
   * @param index undefined when no rule waits for this field.
   * @param used where the field enters itself when it is there, to be cleared after the event.
   */
  constructor(name: string, index: FieldIndex | undefined, used: EventField[]) {
    this.name = name;
    this.#index = index;
    this.#used = used;
  }

  /** Once for each place where the field is, before its values. */
  see(): void {
    if (!this.#present) {
      this.#present = true;
      this.#used.push(this);
    }
    this.#index?.present();
  }

  add(value: Scalar): void {
    this.#values.push(value);
    this.#index?.value(value);
  }

  clear(): void {
    this.#present = false;
    this.#values.length = 0;
    this.#folded = undefined;
    this.#addresses = undefined;
  }

  get present(): boolean {
    return this.#present;
  }

  get values(): readonly Scalar[] {
    return this.#values;
  }

  /** The values as folded texts. */
  get folded(): readonly string[] {
    // An absent field is not cleared after the event, so that nothing of it may be kept.
    if (!this.#present) return [];
    this.#folded ??= this.#values.flatMap((value) => {
      const text = textOf(value);
      return text === undefined ? [] : [fold(text)];
    });
    return this.#folded;
  }

  /** The values that are addresses. */
  get addresses(): readonly Address[] {
    if (!this.#present) return [];
    this.#addresses ??= this.#values.flatMap((value) => {
      const address = typeof value === 'string' ? parseAddress(value) : undefined;
      return address === undefined ? [] : [address];
    });
    return this.#addresses;
  }
}
