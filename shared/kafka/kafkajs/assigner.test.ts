import kafkajs, { type Cluster } from 'kafkajs';
import { expect, test } from 'vitest';
import { createAssigner } from './assigner.ts';

const { MemberAssignment } = kafkajs.AssignerProtocol;

/** Lets the members of a group agree, as kafkajs does: each says what it is, one decides, each is told its part. */
async function agree(
  members: Readonly<Record<string, readonly number[]>>,
  counts: Readonly<Record<string, number>>,
) {
  const cluster = clusterWith(counts);
  const topics = Object.keys(counts);
  const assigners = Object.entries(members).map(([memberId, owned]) => {
    const assigner = createAssigner(() => owned)({ cluster });
    return { memberId, assigner, memberMetadata: assigner.protocol({ topics }).metadata };
  });
  const decided = await assigners[0]?.assigner.assign({ members: assigners, topics });
  return Object.fromEntries(
    (decided ?? []).map(({ memberId, memberAssignment }) => [
      memberId,
      MemberAssignment.decode(memberAssignment)?.assignment,
    ]),
  );
}

/** The number of partitions is all that is asked of a cluster. */
function clusterWith(counts: Readonly<Record<string, number>>): Pick<Cluster, 'findTopicPartitionMetadata'> {
  return {
    findTopicPartitionMetadata: (topic) =>
      Array.from({ length: counts[topic] ?? 0 }, (_, partitionId) => ({
        partitionErrorCode: 0,
        partitionId,
        leader: 1,
        replicas: [1],
        isr: [1],
      })),
  };
}

test('a number goes to the same member in every topic', async () => {
  const assignment = await agree({ a: [], b: [] }, { signals: 4, facts: 4, small: 1 });
  expect(assignment).toEqual({
    a: { signals: [0, 1], facts: [0, 1], small: [0] },
    b: { signals: [2, 3], facts: [2, 3], small: [] },
  });
});

test('members keep what they say they own', async () => {
  const assignment = await agree({ a: [3, 1], b: [] }, { signals: 4 });
  expect(assignment['a']?.['signals']?.toSorted()).toEqual([1, 3]);
});
