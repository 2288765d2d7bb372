/** Disjoint sets of the numbers 0 to `size` - 1. */
export class Groups {
  readonly #parent: Int32Array;

  constructor(size: number) {
    this.#parent = Int32Array.from({ length: size }, (_, index) => index);
  }

  /** The smallest number of the set that holds `member`. */
  find(member: number): number {
    let root = member;
    while (this.#up(root) !== root) root = this.#up(root);
    for (let at = member; at !== root; ) {
      const next = this.#up(at);
      this.#parent[at] = root;
      at = next;
    }
    return root;
  }

  join(a: number, b: number): void {
    const [rootA, rootB] = [this.find(a), this.find(b)];
    if (rootA < rootB) this.#parent[rootB] = rootA;
    else this.#parent[rootA] = rootB;
  }

  #up(member: number): number {
    return this.#parent[member] ?? member;
  }
}
