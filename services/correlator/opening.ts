import type { Clock } from '#shared/clock/clock.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { Stream, TopicPartition } from '#shared/kafka/port.ts';
import type { Log } from '#shared/telemetry/log.ts';
import type { Telemetry } from '#shared/telemetry/telemetry.ts';
import type { Checkpoint, CheckpointStore } from './checkpoint/port.ts';
import { inputTopics } from './inputs.ts';
import { outputTopic } from './outputs.ts';
import { readWritten, type Written } from './recovery.ts';
import type { Running } from './running.ts';
import { Shard, type ShardOptions } from './shard.ts';

export interface OpeningPorts {
  readonly stream: Stream;
  readonly checkpoints?: CheckpointStore | undefined;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly log: Log;
}

/** Where each topic of a partition begins and ends. */
type Bounds = (topic: string, partition: number) => { readonly low: bigint; readonly high: bigint };

/**
 * Makes the shards of partitions that are new to this member: from their checkpoints, or from the beginning, knowing
 * what an earlier run wrote since. `recovery_group` must be new.
 * @throws BW_CORRELATOR_TORN
 */
export async function openPartitions(
  assigned: readonly TopicPartition[],
  ports: OpeningPorts,
  shardOptions: Omit<ShardOptions, 'partition'>,
  recovery_group: string,
): Promise<readonly Running[]> {
  const partitions = [...new Set(assigned.map(({ partition }) => partition))];
  for (const partition of partitions) {
    const topics = assigned.filter((one) => one.partition === partition).length;
    if (topics !== inputTopics.length) throw torn(partition);
  }
  const boundsOf = await readBounds(ports.stream);
  const opened = await Promise.all(
    partitions.map(async (partition) => {
      const checkpoint = await loadCheckpoint(partition, ports, (topic) => boundsOf(topic, partition).high);
      const outputs = boundsOf(outputTopic, partition);
      return { partition, checkpoint, from: checkpoint?.output_offset ?? outputs.low, to: outputs.high };
    }),
  );
  const written = await readWritten(ports.stream, opened, recovery_group);
  return opened.map(({ partition, checkpoint }) => {
    const options = { ...shardOptions, partition };
    const lows = inputTopics.map((topic) => ({ topic, offset: boundsOf(topic, partition).low }));
    const shard = checkpoint === undefined ? new Shard(options, lows) : Shard.restore(options, checkpoint);
    const known = written.get(partition) ?? [];
    adopt(shard, known);
    const positions = new Map(inputTopics.map((topic) => [topic, boundsOf(topic, partition).high]));
    const write_version = known.reduce(
      (most, each) => (each.write_version > most ? each.write_version : most),
      0n,
    );
    return {
      partition,
      shard,
      inbox: [],
      catch_up: known.length === 0 ? undefined : { positions, write_version },
      working: undefined,
      shown_ms: 0,
      saved_ms: ports.clock.now_ms(),
      unshown: true,
      changed: false,
      broken: false,
    };
  });
}

async function readBounds(stream: Stream): Promise<Bounds> {
  const bounds = new Map(
    await Promise.all(
      [...inputTopics, outputTopic].map(async (topic) => [topic, await stream.offsets(topic)] as const),
    ),
  );
  return (topic, partition) =>
    bounds.get(topic)?.find((one) => one.partition === partition) ?? { low: 0n, high: 0n };
}

function adopt(shard: Shard, written: readonly Written[]): void {
  for (const one of written) {
    const { registry } = shard.fold(one.scope).showcase;
    if (one.kind === 'incident') registry.adoptIncident(one.id, one.status, one.first_ns);
    else registry.adoptRow(one.id, one.incident);
  }
}

/** The checkpoint of a partition, when there is one that can be used. */
async function loadCheckpoint(
  partition: number,
  { checkpoints, log, telemetry }: OpeningPorts,
  endOf: (topic: string) => bigint,
): Promise<Checkpoint | undefined> {
  try {
    const checkpoint = await checkpoints?.load(partition);
    if (checkpoint === undefined) return undefined;
    const ahead = checkpoint.positions.find(({ topic, offset }) => offset > endOf(topic));
    if (ahead === undefined && checkpoint.output_offset <= endOf(outputTopic)) return checkpoint;
    log.warn('the checkpoint is of other topics; reading all signals again', { partition });
  } catch (error) {
    if (!(error instanceof BreakwaterError)) throw error;
    telemetry.errorSeen(error.code, 'load');
    log.warn('no usable checkpoint; reading all signals again', {
      partition,
      code: error.code,
      reason: error.message,
    });
  }
  return undefined;
}

function torn(partition: number): BreakwaterError {
  return new BreakwaterError(
    'BW_CORRELATOR_TORN',
    `Partition ${partition} was not assigned in all of ${inputTopics.join(', ')}`,
    { partition },
  );
}
