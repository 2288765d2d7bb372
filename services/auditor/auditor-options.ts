import type { KeyObject } from 'node:crypto';
import type { Clock } from '#shared/clock/clock.ts';
import type { TimeServer } from '#shared/clock/time-server.ts';
import type { Stream } from '#shared/kafka/port.ts';
import type { RetentionPolicy } from '#shared/ledger/lifecycle/retention-policy.ts';
import type { KeySource } from '#shared/ledger/rotation/signing-keys.ts';
import type { Log } from '#shared/telemetry/log.ts';
import type { Telemetry } from '#shared/telemetry/telemetry.ts';
import type { AnchorOptions } from './anchor.ts';
import type { CopierOptions } from './search-copy/copier.ts';

/** What an auditor is created with. */
export interface AuditorOptions {
  readonly stream: Stream;
  /** The ledger directory. */
  readonly directory: string;
  /** Origins are `<origin>/<log>`: a URL without scheme. */
  readonly origin: string;
  /** One Ed25519 key, or the keys that sign as they are rotated. */
  readonly signingKey: KeyObject | KeySource;
  /** 32 bytes from which the keys of bodies are derived. */
  readonly bodySecret: Buffer;
  /** Tells this process from others, such as 3f2a. */
  readonly instance: string;
  /** Where records go whose tenant cannot be told. */
  readonly tenant: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** Longest time from a leaf to a signed checkpoint; without it one checkpoint is signed at the end. */
  readonly checkpoint_interval_ms?: number | undefined;
  /** Without it there is one heartbeat, at the end. */
  readonly heartbeat_interval_ms?: number | undefined;
  /** Heartbeats say how far the clock is from that of this server; without it, that it is unknown. */
  readonly time_server?: TimeServer | undefined;
  /** Witnesses and time-stamps of the log of all heads; without it there is no such log. */
  readonly anchor?: AnchorOptions | undefined;
  /** Where leaves can be searched; without it they are in the ledger alone. */
  readonly searchCopy?: Pick<CopierOptions, 'sink' | 'reader' | 'namespace'> | undefined;
  /** Erases and prunes what has passed its time; without it everything is kept. */
  readonly retention?: RetentionOptions | undefined;
  /** Time between two stretches of the ledger that are verified again; without it nothing is. */
  readonly self_check_interval_ms?: number | undefined;
}

interface RetentionOptions {
  readonly policy: RetentionPolicy;
  readonly interval_ms: number;
}
