import type { Log } from '#shared/telemetry/log.ts';

export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** How to reach a Kafka cluster. */
export interface KafkaSettings {
  /** `host:port` of some brokers; the others are found. */
  readonly brokers: readonly string[];
  /** Names this process in the brokers' logs and quotas. */
  readonly client_id: string;
  /** Encrypted connections; PEM texts. Unset, connections are plain. */
  readonly tls?: TlsSettings | undefined;
  readonly sasl?: SaslSettings | undefined;
  /** For what is written; every compression can be read. lz4 costs least: even less than none. */
  readonly compression?: Compression | undefined;
  /** A member that is silent for so long loses its partitions. */
  readonly session_timeout_ms?: number | undefined;
  /** How long a send is tried before the caller is told. */
  readonly send_deadline_ms?: number | undefined;
  readonly log?: Log | undefined;
}

export interface TlsSettings {
  /** Trusted authorities instead of the system's. */
  readonly ca?: string | undefined;
  /** Client certificate and its key, where brokers ask for one. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
}

export interface SaslSettings {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}
