import type { Stream, StreamRecord } from '#shared/kafka/port.ts';
import type { Service } from '#shared/service/service.ts';

const batch_records_max = 5000;

/** Shows every record of some topics to a function; for what a replay writes to files. */
export function createTap(
  name: string,
  stream: Stream,
  topics: readonly string[],
  onRecord: (record: StreamRecord) => void,
): Service {
  const reader = stream.reader({
    group: `tap-${name}`,
    topics,
    batch_records_max,
    commit: 'handled',
    onGap: ({ topic, from, to }) => {
      throw new RangeError(`${topic}: records ${from} to ${to} were removed before they were read`);
    },
  });
  return {
    name,
    failed: reader.failed,
    start: () =>
      reader.start((batch) => {
        batch.records.forEach(onRecord);
        return Promise.resolve();
      }),
    lag: () => reader.lag(),
    stop: () => reader.stop(),
  };
}
