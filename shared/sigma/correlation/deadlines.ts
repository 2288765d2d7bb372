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

/** Things to let go of some time after they became old: the time is rounded up to a step. */
export interface Leases<Item> {
  set(end_seconds: number, item: Item): void;
  /** Takes out everything whose lease ended at least a step before a time. */
  ended(before_seconds: number): readonly Item[];
}

export function createLeases<Item>(step_seconds: number): Leases<Item> {
  const steps = new Map<number, Item[]>();
  let looked_at: number | undefined;
  return {
    set(end_seconds, item) {
      const step = Math.ceil(end_seconds / step_seconds);
      const items = steps.get(step);
      if (items === undefined) steps.set(step, [item]);
      else items.push(item);
    },
    ended(before_seconds) {
      const until = Math.floor(before_seconds / step_seconds);
      if (looked_at === until) return [];
      looked_at = until;
      const due = [...steps.keys()].filter((step) => step < until);
      return due.flatMap((step) => {
        const items = steps.get(step) ?? [];
        steps.delete(step);
        return items;
      });
    },
  };
}
