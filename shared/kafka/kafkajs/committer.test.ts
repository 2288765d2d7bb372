import kafkajs from 'kafkajs';
import { expect, test } from 'vitest';
import { createCommitter, type Position } from './committer.ts';

const at = (partition: number, offset: bigint): Position => ({ topic: 't', partition, offset });

function setUp(
  attempts: readonly (() => Promise<void>)[] = [],
  isOurs: (position: Position) => boolean = () => true,
) {
  const commits: (readonly Position[])[] = [];
  const failures: unknown[] = [];
  const committer = createCommitter({
    isOurs,
    onFailed: (error) => failures.push(error),
    commit: async (positions) => {
      commits.push(positions);
      await attempts[commits.length - 1]?.();
    },
  });
  return { committer, commits, failures };
}

test('while one commit is under way, the latest of each partition gathers for the next', async () => {
  const release = Promise.withResolvers<void>();
  const { committer, commits } = setUp([() => release.promise]);
  committer.note(at(0, 1n));
  await new Promise(setImmediate);
  committer.note(at(0, 2n));
  committer.note(at(1, 5n));
  committer.note(at(0, 3n));
  release.resolve();
  await committer.settled();
  expect(commits).toEqual([[at(0, 1n)], [at(0, 3n), at(1, 5n)]]);
});

test('what belongs to another member by now is not committed', async () => {
  const { committer, commits } = setUp([], ({ partition }) => partition === 1);
  committer.note(at(0, 1n));
  await committer.settled();
  committer.note(at(1, 1n));
  await committer.settled();
  expect(commits).toEqual([[at(1, 1n)]]);
});

test('a commit that fails for a while is tried again, but never instead of a later one', async () => {
  const rebalancing = new kafkajs.KafkaJSError('rebalancing');
  const { committer, commits, failures } = setUp([
    () => {
      committer.note(at(0, 9n));
      return Promise.reject(rebalancing);
    },
  ]);
  committer.note(at(0, 1n));
  await committer.settled();
  expect(commits).toEqual([[at(0, 1n)], [at(0, 9n)]]);
  expect(failures).toEqual([]);
});

test('an error of another kind is reported', async () => {
  const bug = new TypeError('bug');
  const { committer, failures } = setUp([() => Promise.reject(bug)]);
  committer.note(at(0, 1n));
  await committer.settled();
  expect(failures).toEqual([bug]);
});
