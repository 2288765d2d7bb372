import type { KeyObject } from 'node:crypto';
import type { Clock } from '#shared/clock/clock.ts';
import type { KeySource } from '#shared/ledger/rotation/signing-keys.ts';

/** What the logs of one tenant are opened with. */
export interface TenantLogOptions {
  /** The ledger directory. */
  readonly directory: string;
  readonly tenant: string;
  /** Beginning of the names of its logs. */
  readonly prefix: string;
  /** Origins are `<origin>/<log>`. */
  readonly origin: string;
  /** One Ed25519 key, or the keys that sign as they are rotated. */
  readonly signingKey: KeyObject | KeySource;
  /** 32 bytes from which the tenant's body key is derived. */
  readonly bodySecret: Buffer;
  /** The auditor as a producer of leaves of its own, such as `auditor/3f2a`. */
  readonly producer: string;
  readonly clock: Clock;
  readonly heartbeat_interval_ms: number;
  readonly onGap: (producer: string, from: bigint, to: bigint) => void;
}
