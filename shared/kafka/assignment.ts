/** A member of a consumer group, and the partition numbers that it reads already. */
export interface Member {
  readonly id: string;
  readonly owned: readonly number[];
}

/**
 * Divides partition numbers among the members of a group. A number stands for that partition in every topic of the
 * group: what is joined by key (signals, facts and decisions of one scope) must meet in one member. Numbers stay
 * with their owner as far as an even division allows, so that a rebalance moves as little state as possible.
 */
export function assignPartitions(
  members: readonly Member[],
  partition_count: number,
): ReadonlyMap<string, readonly number[]> {
  const inOrder = members.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const share = Math.floor(partition_count / members.length);
  const free = new Set(Array.from({ length: partition_count }, (_, partition) => partition));
  const assignment = new Map<string, number[]>();

  let extras = partition_count % members.length;
  for (const { id, owned } of inOrder) {
    const claimed = [...new Set(owned)].filter((partition) => free.has(partition));
    const quota = extras > 0 && claimed.length > share ? share + 1 : share;
    extras -= quota - share;
    const kept = claimed.slice(0, quota);
    for (const partition of kept) free.delete(partition);
    assignment.set(id, kept);
  }
  for (const quota of [share, share + 1]) {
    for (const { id } of inOrder) fill(assignment.get(id) ?? [], quota, free);
  }
  return assignment;
}

function fill(partitions: number[], quota: number, free: Set<number>): void {
  for (const partition of free) {
    if (partitions.length >= quota) return;
    partitions.push(partition);
    free.delete(partition);
  }
}
