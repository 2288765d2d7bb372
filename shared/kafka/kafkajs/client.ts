import type { ConnectionOptions } from 'node:tls';
import kafkajs, { type Kafka, type SASLOptions } from 'kafkajs';
import { installCodecs } from './codecs.ts';
import { mendEncoder } from './encoder.ts';
import { mendRequestQueue } from './request-queue.ts';
import type { KafkaSettings, SaslSettings, TlsSettings } from './settings.ts';

/** kafkajs gives up connecting after one second by default, which a busy broker or a TLS handshake exceeds. */
const connection_timeout_ms = 10_000;
const authentication_timeout_ms = 10_000;
/** After this the outcome of a request counts as unknown, and it is sent again. */
const request_timeout_ms = 15_000;

/** Inside kafkajs: short and few, because what lies above retries with its own deadline or a new client. */
export const retry = {
  initialRetryTime: 100,
  maxRetryTime: 2_000,
  factor: 0.2,
  multiplier: 2,
  retries: 5,
};

/**
 * A new client. One for each consumer, and a new one after each failure: kafkajs shares committed offsets between the
 * consumers of one client, and keeps stale state of topics and brokers for as long as it lives.
 */
export function createClient(settings: KafkaSettings): Kafka {
  installCodecs();
  mendEncoder();
  mendRequestQueue();
  return new kafkajs.Kafka({
    brokers: [...settings.brokers],
    clientId: settings.client_id,
    ...(settings.tls === undefined ? {} : { ssl: tlsOptions(settings.tls) }),
    ...(settings.sasl === undefined ? {} : { sasl: saslOptions(settings.sasl) }),
    connectionTimeout: connection_timeout_ms,
    authenticationTimeout: authentication_timeout_ms,
    requestTimeout: request_timeout_ms,
    enforceRequestTimeout: true,
    retry,
    // What matters in kafkajs's log arrives as events and errors, and is logged by the wrapper in our own words.
    logCreator: () => () => undefined,
  });
}

function tlsOptions({ ca, certificate, key }: TlsSettings): ConnectionOptions {
  return {
    ...(ca === undefined ? {} : { ca: [ca] }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
  };
}

function saslOptions({ mechanism, username, password }: SaslSettings): SASLOptions {
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password };
    case 'scram-sha-256':
      return { mechanism, username, password };
    case 'scram-sha-512':
      return { mechanism, username, password };
  }
}
