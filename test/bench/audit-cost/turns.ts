import type { OutgoingRecord } from '#shared/kafka/port.ts';
import { readStream } from '../../../services/standalone/replay/records.ts';
import { daysLater } from './repeated-days.ts';

/** A pipeline that is measured. */
export interface MeasuredPipeline {
  /** Records of a turn; between turns the other pipeline works. */
  readonly turn_records: number;
  /**
   * Sends records in and resolves when nothing is left to do, the ledger's search copy included; to the time (of
   * `performance.now`) since when all were indexed and judged.
   */
  readonly process: (records: readonly OutgoingRecord[]) => Promise<number>;
  /** CPU time since the start of everything that works for this pipeline. */
  readonly cpu_us: () => number;
  readonly close: () => Promise<void>;
}

/** What one message is answered with; times in all, not for each record. */
interface Turn {
  readonly records: number;
  readonly cpu_us: number;
  readonly wall_us: number;
  /** Whether the day ends with it. */
  readonly ends_day: boolean;
}

/**
 * Says `ready`; then each message that comes has the next few records processed and is answered with what that took.
 * When the recorded stream ends, its next day begins. Ends when the parent lets go.
 */
export async function serveTurns(pipeline: MeasuredPipeline, file: string): Promise<void> {
  const records = (await Array.fromAsync(readStream(file)))
    .flat()
    .flatMap((input) => (input.kind === 'record' ? [input.record] : []));
  const turns = takeTurns(pipeline, records);
  process.on('message', () => {
    void turns.next().then(({ value }) => process.send?.(value));
  });
  process.once('disconnect', () => void pipeline.close());
  process.send?.('ready');
}

async function* takeTurns(
  pipeline: MeasuredPipeline,
  records: readonly OutgoingRecord[],
): AsyncGenerator<Turn, never> {
  const { turn_records } = pipeline;
  for (let day = 0; ; day += 1) {
    const today = daysLater(records, day);
    for (let at = 0; at < today.length; at += turn_records) {
      const fed = today.slice(at, at + turn_records);
      const cpu_before = pipeline.cpu_us();
      const started_ms = performance.now();
      const wall_us = ((await pipeline.process(fed)) - started_ms) * 1000;
      const ends_day = at + turn_records >= today.length;
      yield { records: fed.length, cpu_us: pipeline.cpu_us() - cpu_before, wall_us, ends_day };
    }
  }
}
