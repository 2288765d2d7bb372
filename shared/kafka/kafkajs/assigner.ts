import kafkajs, { type Assigner, type Cluster } from 'kafkajs';
import { assignPartitions } from '../assignment.ts';

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;
const name = 'breakwater-same-number-sticky';
const version = 1;

/** What kafkajs hands over, as far as it is needed. */
interface AssignerConfig {
  readonly cluster: Pick<Cluster, 'findTopicPartitionMetadata'>;
}

/**
 * kafkajs's side of `assignPartitions`; its own round robin would tear apart partitions that belong together.
 * @param owned the partition numbers that this member reads now
 */
export function createAssigner(owned: () => readonly number[]) {
  return ({ cluster }: AssignerConfig): Assigner => ({
    name,
    version,
    protocol: ({ topics }) => ({
      name,
      metadata: MemberMetadata.encode({ version, topics, userData: Buffer.from(JSON.stringify(owned())) }),
    }),
    async assign({ members, topics }) {
      const counts = topics.map((topic) => ({
        topic,
        partition_count: cluster.findTopicPartitionMetadata(topic).length,
      }));
      const owners = assignPartitions(
        members.map(({ memberId, memberMetadata }) => ({ id: memberId, owned: ownedBy(memberMetadata) })),
        Math.max(0, ...counts.map(({ partition_count }) => partition_count)),
      );
      return [...owners].map(([memberId, numbers]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version,
          assignment: Object.fromEntries(
            counts.map(({ topic, partition_count }) => [
              topic,
              numbers.filter((partition) => partition < partition_count),
            ]),
          ),
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });
}

function ownedBy(memberMetadata: Buffer): readonly number[] {
  const numbers: unknown = JSON.parse(MemberMetadata.decode(memberMetadata)?.userData.toString() ?? '[]');
  return Array.isArray(numbers) ? numbers.filter((partition) => Number.isInteger(partition)) : [];
}
