import { setTimeout as sleep } from 'node:timers/promises';
import { partitionKey } from '../partition.ts';
import type { TopicPartition } from '../port.ts';
import { isTransient } from './errors.ts';

const retry_delay_ms = 200;

export type Position = TopicPartition & { readonly offset: bigint };

/** Commits the latest position of each partition, all that wait in one request, one request at a time. */
export interface Committer {
  /** The position will be committed, unless a later one of its partition takes its place. */
  note(position: Position): void;
  /** Resolves when everything noted so far is committed, or not ours any more. */
  settled(): Promise<void>;
}

export interface CommitterOptions {
  readonly commit: (positions: readonly Position[]) => Promise<void>;
  /** Asked before each attempt: the partitions of a position may have gone to another member meanwhile. */
  readonly isOurs: (position: Position) => boolean;
  readonly onFailed: (error: unknown) => void;
}

export function createCommitter({ commit, isOurs, onFailed }: CommitterOptions): Committer {
  const waiting = new Map<string, Position>();
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (waiting.size > 0) {
      const positions = [...waiting.values()].filter(isOurs);
      waiting.clear();
      if (positions.length > 0) await attempt(positions);
    }
  }

  async function attempt(positions: readonly Position[]): Promise<void> {
    try {
      await commit(positions);
    } catch (error) {
      if (!isTransient(error)) throw error;
      for (const position of positions) {
        if (!waiting.has(partitionKey(position))) waiting.set(partitionKey(position), position);
      }
      await sleep(retry_delay_ms);
    }
  }

  function start(): void {
    running ??= Promise.resolve()
      .then(run)
      .catch(onFailed)
      .finally(() => {
        running = undefined;
        if (waiting.size > 0) start();
      });
  }

  return {
    note(position) {
      waiting.set(partitionKey(position), position);
      start();
    },
    settled: () => running ?? Promise.resolve(),
  };
}
