import kafkajs from 'kafkajs';
import { BreakwaterError, messageOf } from '#shared/errors/error.ts';

/** kafkajs's error classes that no retry cures. */
const permanentNames = new Set([
  'KafkaJSSASLAuthenticationError',
  'KafkaJSServerDoesNotSupportApiKey',
  'KafkaJSNotImplemented',
  'KafkaJSUnsupportedMagicByteInMessageSet',
  'KafkaJSInvariantViolation',
]);

/** Answers of a broker that no retry cures: it refuses who we are, what we ask, or how we ask it. */
const permanentTypes = new Set([
  'CLUSTER_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'TOPIC_AUTHORIZATION_FAILED',
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'UNSUPPORTED_VERSION',
  'INCONSISTENT_GROUP_PROTOCOL',
  'INVALID_GROUP_ID',
  'INVALID_SESSION_TIMEOUT',
  'INVALID_TOPIC_EXCEPTION',
  'INVALID_CONFIG',
  'INVALID_PARTITIONS',
  'INVALID_REPLICATION_FACTOR',
  'POLICY_VIOLATION',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'UNSUPPORTED_COMPRESSION_TYPE',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
]);

/** What lies at the bottom of kafkajs's wrappers ("number of retries exceeded", "non-retriable"). */
export function rootCause(error: unknown): unknown {
  // For several topics at once, kafkajs gathers the answers.
  if (error instanceof kafkajs.KafkaJSAggregateError) return rootCause(error.errors[0]);
  return error instanceof Error && error.cause instanceof Error ? rootCause(error.cause) : error;
}

/** The protocol's name of a broker's answer, such as `TOPIC_AUTHORIZATION_FAILED`. */
export function protocolType(error: unknown): string | undefined {
  const root = rootCause(error);
  return root instanceof kafkajs.KafkaJSProtocolError ? root.type : undefined;
}

/** Brokers come back, leaders move, groups rebalance; anything that is not kafkajs's own error is not of that kind. */
export function isTransient(error: unknown): boolean {
  const root = rootCause(error);
  if (!(root instanceof kafkajs.KafkaJSError)) return false;
  return !permanentNames.has(root.name) && !permanentTypes.has(protocolType(root) ?? '');
}

/** kafkajs's error in our own terms; what is not kafkajs's stays as it is. */
export function translate(error: unknown, doing: string): unknown {
  const root = rootCause(error);
  if (error instanceof BreakwaterError || !(root instanceof kafkajs.KafkaJSError)) return error;
  const code = isTransient(root) ? 'BW_KAFKA_UNAVAILABLE' : 'BW_KAFKA_REFUSED';
  return new BreakwaterError(code, `${doing}: ${root.message}`, { doing, type: protocolType(root) }, error);
}

/** As `translate`, for the end of a consumer: what is not kafkajs's comes from decoding what was fetched. */
export function translateCrash(error: unknown): unknown {
  const root = rootCause(error);
  if (root instanceof kafkajs.KafkaJSError) return translate(error, 'consuming');
  const reason = messageOf(root);
  return new BreakwaterError('BW_KAFKA_UNREADABLE', `consuming: ${reason}`, {}, error);
}
