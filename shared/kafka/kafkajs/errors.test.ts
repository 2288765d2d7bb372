import kafkajs from 'kafkajs';
import { expect, test } from 'vitest';
import { BreakwaterError } from '#shared/errors/error.ts';
import { isTransient, translate, translateCrash } from './errors.ts';

const protocol = (type: string) =>
  new kafkajs.KafkaJSProtocolError(Object.assign(new Error(type), { type, retriable: false }));
const named = (name: string) => Object.assign(new kafkajs.KafkaJSNonRetriableError(name), { name });
const wrapped = (error: Error) =>
  new kafkajs.KafkaJSNumberOfRetriesExceeded(error, { retryCount: 5, retryTime: 100 });

test.each([
  ['a closed connection', new kafkajs.KafkaJSConnectionError('closed'), 'BW_KAFKA_UNAVAILABLE'],
  ['a coordinator that is away', named('KafkaJSGroupCoordinatorNotFound'), 'BW_KAFKA_UNAVAILABLE'],
  ['an expulsion from the group', protocol('UNKNOWN_MEMBER_ID'), 'BW_KAFKA_UNAVAILABLE'],
  ['the same, after retries', wrapped(protocol('REBALANCE_IN_PROGRESS')), 'BW_KAFKA_UNAVAILABLE'],
  ['no permission', wrapped(protocol('GROUP_AUTHORIZATION_FAILED')), 'BW_KAFKA_REFUSED'],
  ['wrong credentials', named('KafkaJSSASLAuthenticationError'), 'BW_KAFKA_REFUSED'],
])('%s', (_, error, code) => {
  expect(translate(error, 'testing')).toMatchObject({ code });
  expect(isTransient(error)).toBe(code === 'BW_KAFKA_UNAVAILABLE');
});

test('a batch that cannot be decoded', () => {
  const error = wrapped(new RangeError('too large'));
  expect(isTransient(error)).toBe(false);
  expect(translateCrash(error)).toMatchObject({ code: 'BW_KAFKA_UNREADABLE' });
});

test('what has nothing to do with Kafka stays what it is', () => {
  const bug = new TypeError('bug');
  expect(translate(bug, 'testing')).toBe(bug);
  expect(isTransient(bug)).toBe(false);
});

test('our own errors stay what they are, and what they come from still counts', () => {
  const ours = new BreakwaterError('BW_KAFKA_OFFSET_AHEAD', 'ahead');
  expect(translate(ours, 'testing')).toBe(ours);
  expect(isTransient(ours)).toBe(false);
  expect(isTransient(translate(new kafkajs.KafkaJSConnectionError('closed'), 'testing'))).toBe(true);
});
