import { setTimeout as sleep } from 'node:timers/promises';
import { BreakwaterError } from '#shared/errors/error.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { partitionKey, without } from '../partition.ts';
import type { BatchHandler, ReaderOptions, StreamReader, TopicPartition } from '../port.ts';
import type { KafkaAdmin } from './admin.ts';
import { createCommitter } from './committer.ts';
import { isTransient, translate, translateCrash } from './errors.ts';
import { createIntake } from './intake.ts';
import { createLanes } from './lanes.ts';
import { beginLife, type Life } from './life.ts';
import type { KafkaSettings } from './settings.ts';
import { boundsOf, findStarts, readBounds } from './starts.ts';

/** A stopping reader tries so long to commit what is handled; what is not committed comes again. */
const last_commit_ms_max = 10_000;
/** A group's coordinator, or a topic, may need so long until it can be used. */
const first_join_ms_max = 20_000;
const rejoin_delay_ms_first = 500;
const rejoin_delay_ms_max = 10_000;

/**
 * Reads as a member of a consumer group. kafkajs fetches; whatever decides about loss is done here: which offset to
 * start at, what may be committed, when to hold back, and what to do when a consumer dies.
 */
export function createKafkaReader(
  settings: KafkaSettings,
  admin: KafkaAdmin,
  options: ReaderOptions,
): StreamReader {
  const log = settings.log ?? silentLog;
  const stopping = new AbortController();
  const { promise: failed, reject } = Promise.withResolvers<never>();
  let handler: BatchHandler = () => Promise.resolve();
  let started = false;
  let stopped: Promise<void> | undefined;
  let rejoining: Promise<void> = Promise.resolve();
  /** The consumer that is in the group now, and who it is there. */
  let present: Life | undefined;
  let member: string | undefined;
  /** Raised with each assignment and with its end; what was begun for an earlier one is given up. */
  let epoch = 0;
  /** The epoch whose partitions are positioned. */
  let open_epoch = -1;
  let opening: Promise<void> = Promise.resolve();

  const committer = createCommitter({
    commit: async (positions) => present?.commit(positions),
    isOurs: (position) => lanes.owns(position),
    onFailed: (error) => fail(translate(error, 'committing')),
  });
  const lanes = createLanes({
    batch_records_max: options.batch_records_max,
    handler: (batch) => handler(batch),
    onHandled(position) {
      if (options.commit === 'handled') committer.note(position);
    },
    onRevoked: (partitions) => options.onRevoked?.(partitions),
    onFailed: fail,
  });
  const takeIn = createIntake({
    bounds: (partition) => boundsOf(admin, partition),
    lanes,
    isOpen: (life) => life === present && epoch === open_epoch,
    onGap: options.onGap,
  });

  async function join(): Promise<void> {
    const { group, topics, patient } = options;
    const owned = () => [...new Set(lanes.owned.map(({ partition }) => partition))];
    await beginLife(
      settings,
      { group, topics, patient, owned },
      {
        onJoined,
        onBatch: (life, batch) => takeIn(life, batch).catch((error: unknown) => giveUp(life, error)),
        onCrash: (life, error) => onCrash(life, error),
      },
    );
  }

  function onJoined(life: Life, newMember: string, assigned: readonly TopicPartition[]): void {
    // Another member id means that we were expelled meanwhile, and that others may have read on.
    const afresh = newMember !== member;
    present = life;
    member = newMember;
    epoch++;
    life.pause(assigned);
    lanes.assign(assigned, afresh);
    log.info('partitions assigned', { group: options.group, partitions: assigned.length });
    if (stopped !== undefined) return;
    opening = open(life, epoch, assigned);
    opening.catch((error: unknown) => {
      if (started) giveUp(life, error);
    });
  }

  async function open(life: Life, own_epoch: number, assigned: readonly TopicPartition[]): Promise<void> {
    const { starts, gaps } = await findStarts(admin, options, without(assigned, lanes.opened));
    if (own_epoch !== epoch || stopped !== undefined) return;
    for (const gap of gaps) options.onGap(gap);
    lanes.open(starts);
    open_epoch = own_epoch;
    for (const lane of lanes.opened) {
      life.seek(lane, lane.end);
      if (!lane.full) life.resume(lane);
    }
  }

  /** Something beside the consumer itself went wrong; an unreachable cluster is a reason to start over. */
  function giveUp(life: Life, error: unknown): void {
    if (isTransient(error)) void life.close().then(() => onCrash(life, error));
    else fail(error);
  }

  function onCrash(life: Life, error: unknown): void {
    if (life !== present) return;
    forgetMembership();
    if (stopped !== undefined) return;
    if (isTransient(error)) rejoining = rejoin(error);
    else fail(translateCrash(error));
  }

  function forgetMembership(): void {
    present = undefined;
    member = undefined;
    epoch++;
    lanes.assign([], true);
  }

  async function rejoin(cause: unknown): Promise<void> {
    let reason = cause;
    for (let attempt = 0; ; attempt++) {
      const cap_ms = Math.min(rejoin_delay_ms_max, rejoin_delay_ms_first * 2 ** attempt);
      const delay_ms = Math.round(cap_ms * (0.5 + Math.random() / 2));
      log.warn('consumer lost, joining the group anew', {
        group: options.group,
        delay_ms,
        reason: String(reason),
      });
      await sleep(delay_ms, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopped !== undefined) return;
      try {
        return await join();
      } catch (error) {
        if (!isTransient(error)) return fail(translate(error, 'joining the group'));
        reason = error;
      }
    }
  }

  async function joinFirst(until_ms: number): Promise<void> {
    try {
      await join();
      await opening;
    } catch (error) {
      const life = present;
      forgetMembership();
      await life?.close();
      if (!isTransient(error) || Date.now() > until_ms) throw translate(error, 'joining the group');
      await sleep(rejoin_delay_ms_first);
      return joinFirst(until_ms);
    }
  }

  function fail(error: unknown): void {
    reject(error);
    void stop();
  }

  function stop(): Promise<void> {
    stopped ??= Promise.resolve().then(finish);
    return stopped;
  }

  async function finish(): Promise<void> {
    stopping.abort();
    await rejoining;
    present?.pause(lanes.owned);
    lanes.close();
    await lanes.idle();
    await Promise.race([committer.settled(), sleep(last_commit_ms_max, undefined, { ref: false })]);
    const last = present;
    present = undefined;
    epoch++;
    await last?.close();
  }

  return {
    failed,
    async start(batchHandler) {
      handler = batchHandler;
      for (const topic of options.topics) await admin.partitionCount(topic);
      try {
        await joinFirst(Date.now() + first_join_ms_max);
      } catch (error) {
        await stop();
        throw error;
      }
      started = true;
    },
    async commit(position) {
      if (stopped !== undefined || !lanes.owns(position)) return;
      committer.note(position);
      await committer.settled();
    },
    async lag() {
      await rejoining;
      await opening;
      if (present === undefined && stopped === undefined) throw notInGroup(options.group);
      const bounds = await readBounds(admin, options.topics);
      return lanes.opened
        .map((lane) => (bounds.get(partitionKey(lane))?.high ?? lane.handled) - lane.handled)
        .reduce((total, records) => total + records, 0n);
    },
    stop,
  };
}

function notInGroup(group: string): BreakwaterError {
  return new BreakwaterError('BW_KAFKA_UNAVAILABLE', `Not in group ${group} at present`, { group });
}
