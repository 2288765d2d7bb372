import type { Item } from './item.ts';

/** Documents that wait for their first request, in order of arrival. */
export class ItemQueue {
  #items: Item[] = [];
  #head = 0;
  #arrivals: { readonly now_ms: number; readonly items: number }[] = [];
  #bytes = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** When the oldest document came; undefined when empty. */
  get oldest_ms(): number | undefined {
    return this.#arrivals[0]?.now_ms;
  }

  push(items: readonly Item[], now_ms: number): void {
    if (items.length === 0) return;
    for (const item of items) {
      this.#items.push(item);
      this.#bytes += item.bytes;
    }
    this.#arrivals.push({ now_ms, items: items.length });
  }

  /** The oldest documents up to both bounds; at least one, however large it is. */
  take(bytes_max: number, documents_max: number): readonly Item[] {
    const taken: Item[] = [];
    let bytes = 0;
    for (let item = this.#items[this.#head]; item !== undefined; item = this.#items[this.#head]) {
      if (taken.length >= documents_max || (taken.length > 0 && bytes + item.bytes > bytes_max)) break;
      taken.push(item);
      bytes += item.bytes;
      this.#head += 1;
    }
    this.#bytes -= bytes;
    this.#forgetArrivals(taken.length);
    this.#compact();
    return taken;
  }

  #forgetArrivals(taken: number): void {
    let left = taken;
    for (let first = this.#arrivals[0]; first !== undefined && left > 0; first = this.#arrivals[0]) {
      this.#arrivals.shift();
      if (first.items > left) this.#arrivals.unshift({ ...first, items: first.items - left });
      left -= Math.min(left, first.items);
    }
  }

  /** Frees what was taken once it is most of the array, so that taking stays cheap. */
  #compact(): void {
    if (this.#head * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
