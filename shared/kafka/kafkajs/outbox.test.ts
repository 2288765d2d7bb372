import kafkajs, { type Message } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { batch_bytes_max, createOutbox } from './outbox.ts';
import { checkAcknowledged } from './producer.ts';

const message = (value: string): Message => ({ value });
const valuesOf = (messages: readonly Message[]): readonly string[] =>
  messages.map(({ value }) => String(value));
const leaderMoved = new kafkajs.KafkaJSError('leader moved');

/** An outbox over a broker that answers each request as scripted, and acknowledges all after the script's end. */
function setUp(
  script: readonly ((messages: readonly Message[]) => Promise<void> | void)[] = [],
  send_deadline_ms = 5_000,
) {
  const requests: (readonly string[])[] = [];
  const written: string[] = [];
  const outbox = createOutbox({
    send_deadline_ms,
    async produce(messages) {
      requests.push(valuesOf(messages));
      await script[requests.length - 1]?.(messages);
      written.push(...valuesOf(messages));
    },
  });
  return { outbox, requests, written };
}

describe('an outbox', () => {
  test('has one request under way, and sends what gathered meanwhile together', async () => {
    const release = Promise.withResolvers<void>();
    const { outbox, requests } = setUp([() => release.promise]);
    const first = outbox.send([message('a')]);
    await new Promise(setImmediate);
    const rest = ['b', 'c', 'd'].map((value) => outbox.send([message(value)]));
    await new Promise(setImmediate);
    expect(requests).toEqual([['a']]);
    release.resolve();
    await Promise.all([first, ...rest]);
    expect(requests).toEqual([['a'], ['b', 'c', 'd']]);
  });

  test('keeps the order through retries', async () => {
    const { outbox, written } = setUp([() => Promise.reject(leaderMoved), () => Promise.reject(leaderMoved)]);
    await Promise.all(['a', 'b'].map((value) => outbox.send([message(value)])));
    await outbox.send([message('c')]);
    expect(written).toEqual(['a', 'b', 'c']);
  });

  test('sends again what was not acknowledged although the request succeeded', async () => {
    // kafkajs's answer after a leader moved during its retry: another partition of the same topic, and only that.
    const lost = () => checkAcknowledged([{ topicName: 't', partition: 1, errorCode: 0 }], 't', 0);
    const refusedByLeader = () => checkAcknowledged([{ topicName: 't', partition: 0, errorCode: 6 }], 't', 0);
    const { outbox, requests, written } = setUp([lost, refusedByLeader]);
    await outbox.send([message('a')]);
    expect(requests).toEqual([['a'], ['a'], ['a']]);
    expect(written).toEqual(['a']);
  });

  test('splits what exceeds a batch, and lets a larger message go alone', async () => {
    const { outbox, requests } = setUp();
    const half = 'h'.repeat(batch_bytes_max / 2);
    const large = 'l'.repeat(batch_bytes_max * 2);
    await outbox.send([half, half, large, 'small'].map(message));
    expect(requests.map((values) => values.map((value) => value[0]))).toEqual([['h'], ['h'], ['l'], ['s']]);
  });

  test('tells the caller at the deadline, and does not send what nobody waits for any more', async () => {
    const release = Promise.withResolvers<void>();
    const { outbox, requests } = setUp([() => release.promise], 30);
    const late = expect.objectContaining({ code: 'BW_KAFKA_SEND_FAILED', retriable: true });
    const first = expect(outbox.send([message('a')])).rejects.toEqual(late);
    await new Promise(setImmediate);
    const second = expect(outbox.send([message('b')])).rejects.toEqual(late);
    await Promise.all([first, second]);
    release.resolve();
    await outbox.idle();
    expect(requests).toEqual([['a']]);
    await outbox.send([message('c')]);
    expect(requests).toEqual([['a'], ['c']]);
  });

  test('does not retry what the broker refuses', async () => {
    const tooLarge = new kafkajs.KafkaJSProtocolError(
      Object.assign(new Error('too large'), { type: 'MESSAGE_TOO_LARGE', retriable: false }),
    );
    const { outbox, requests } = setUp([() => Promise.reject(tooLarge)]);
    await expect(outbox.send([message('a')])).rejects.toEqual(
      expect.objectContaining({ code: 'BW_KAFKA_SEND_REFUSED', retriable: false }),
    );
    await outbox.send([message('b')]);
    expect(requests).toEqual([['a'], ['b']]);
  });
});
