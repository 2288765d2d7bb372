import { assignPartitions } from '../assignment.ts';
import { partitionKey, without } from '../partition.ts';
import type { TopicPartition } from '../port.ts';

/** A reader, as its group sees it. */
export interface GroupMember {
  readonly id: string;
  readonly topics: readonly string[];
  readonly owned: readonly TopicPartition[];
  revoke(partitions: readonly TopicPartition[]): void;
  assign(partitions: readonly TopicPartition[]): void;
}

/** A consumer group: who reads what, and how far the group has come. */
export interface Group {
  join(member: GroupMember): void;
  leave(member: GroupMember): void;
  committed(partition: TopicPartition): bigint | undefined;
  commit(position: TopicPartition & { readonly offset: bigint }): void;
  /** Whether the group has ever read the topic. */
  reads(topic: string): boolean;
}

/** @param partitionCount how many partitions a topic has */
export function createGroup(partitionCount: (topic: string) => number): Group {
  const members = new Set<GroupMember>();
  const committed = new Map<string, bigint>();
  const topicsRead = new Set<string>();

  function rebalance(): void {
    if (members.size === 0) return;
    const inGroup = [...members];
    const count = Math.max(...inGroup.flatMap(({ topics }) => topics.map(partitionCount)));
    const owners = assignPartitions(
      inGroup.map(({ id, owned }) => ({ id, owned: owned.map(({ partition }) => partition) })),
      count,
    );
    const changes = inGroup.map((member) => changesOf(member, owners.get(member.id) ?? []));
    for (const { member, lost } of changes) if (lost.length > 0) member.revoke(lost);
    for (const { member, gained } of changes) if (gained.length > 0) member.assign(gained);
  }

  function changesOf(member: GroupMember, numbers: readonly number[]) {
    const target = member.topics.flatMap((topic) =>
      numbers
        .filter((partition) => partition < partitionCount(topic))
        .map((partition) => ({ topic, partition })),
    );
    return {
      member,
      lost: without(member.owned, target),
      gained: without(target, member.owned),
    };
  }

  return {
    join(member) {
      for (const topic of member.topics) topicsRead.add(topic);
      members.add(member);
      rebalance();
    },
    leave(member) {
      if (members.delete(member)) rebalance();
    },
    committed: (partition) => committed.get(partitionKey(partition)),
    commit(position) {
      committed.set(partitionKey(position), position.offset);
    },
    reads: (topic) => topicsRead.has(topic),
  };
}
