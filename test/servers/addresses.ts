import { inject } from 'vitest';
import './setup.ts';

/** Where the servers of this test run are, in the notation of the environment variables. */
export interface ServerAddresses {
  readonly kafka_brokers: string;
  readonly elasticsearch_url: string;
  readonly redis_url: string;
}

/** For `*.servers.test.ts`. Other tests use the same servers: name topics, indices and keys uniquely. */
export function serverAddresses(): ServerAddresses {
  const { KAFKA_BROKERS = '', ELASTICSEARCH_URL = '', REDIS_URL = '' } = inject('servers');
  return { kafka_brokers: KAFKA_BROKERS, elasticsearch_url: ELASTICSEARCH_URL, redis_url: REDIS_URL };
}
