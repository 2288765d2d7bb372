/** Things to look at when a time has come, soonest first (a binary heap). */
export interface Deadlines<Item> {
  set(due_ns: bigint, item: Item): void;
  /** Takes out the next item that was due before a time. */
  next(before_ns: bigint): Item | undefined;
}

export function createDeadlines<Item>(): Deadlines<Item> {
  const heap: { readonly due_ns: bigint; readonly item: Item }[] = [];

  function isBefore(a: number, b: number): boolean {
    const [left, right] = [heap[a], heap[b]];
    return left !== undefined && right !== undefined && left.due_ns < right.due_ns;
  }

  function swap(a: number, b: number): void {
    const [left, right] = [heap[a], heap[b]];
    if (left === undefined || right === undefined) return;
    heap[a] = right;
    heap[b] = left;
  }

  return {
    set(due_ns, item) {
      let index = heap.push({ due_ns, item }) - 1;
      for (let parent = (index - 1) >> 1; index > 0 && isBefore(index, parent); parent = (index - 1) >> 1) {
        swap(index, parent);
        index = parent;
      }
    },
    next(before_ns) {
      const top = heap[0];
      if (top === undefined || top.due_ns >= before_ns) return undefined;
      swap(0, heap.length - 1);
      heap.pop();
      for (let index = 0; ; ) {
        let least = index;
        if (isBefore(2 * index + 1, least)) least = 2 * index + 1;
        if (isBefore(2 * index + 2, least)) least = 2 * index + 2;
        if (least === index) return top.item;
        swap(index, least);
        index = least;
      }
    },
  };
}
