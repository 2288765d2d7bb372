import { hash } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '#shared/clock/clock.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import { requestTimestamp } from '#shared/ledger/timestamp/timestamp.ts';
import { type WitnessAddress, WitnessClient } from '#shared/ledger/witness/client.ts';
import { replaceFile } from '#shared/ledger/writer/files.ts';
import type { Log } from '#shared/telemetry/log.ts';
import { anchorPrefix } from '#shared/ledger/log-name.ts';
import type { CommonOptions } from './tenant-logs.ts';
import { type PublishedHead, TenantLog } from './tenant-log.ts';

export interface AnchorOptions {
  readonly witnesses: readonly WitnessAddress[];
  /** A time-stamping authority (RFC 3161). */
  readonly timestamp_url?: string | undefined;
}

/** Time between two time-stamps. */
const timestamp_interval_ms = 60_000;
/** Without a cosignature for longer, an alarm is raised. */
const unwitnessed_ms_max = 60_000;

/**
 * The log of the heads of all logs. Witnesses and the time-stamping authority see this one alone, so that what they cost
 * does not grow with the number of tenants; a tenant's head is shown by its leaf here.
 */
export class Anchor {
  readonly #options: AnchorOptions;
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #anchor: TenantLog;
  /** Size of each log when it was last anchored. */
  readonly #anchored = new Map<string, number>();
  /** By witness; each knows the folder of one shard of the anchor. */
  #clients: { readonly shard: string; readonly clients: readonly WitnessClient[] } | undefined;
  #timestamped_ms = 0;
  /** The newest checkpoint that all witnesses have cosigned. */
  #witnessed: Buffer | undefined;
  #witnessed_ms: number;
  /** What all witnesses cosigned last, and the newest time-stamp. */
  readonly #seen: { witnessed_size?: number; timestamp_sha256?: string } = {};
  #alarmed = false;

  private constructor(options: AnchorOptions, common: CommonOptions, log: Log, anchor: TenantLog) {
    this.#options = options;
    this.#directory = common.directory;
    this.#clock = common.clock;
    this.#log = log;
    this.#anchor = anchor;
    this.#witnessed_ms = common.clock.now_ms();
  }

  /** Opens or creates the anchor log in the ledger directory. */
  static async open(options: AnchorOptions, common: CommonOptions, log: Log): Promise<Anchor> {
    const anchor = await TenantLog.open({ ...common, tenant: anchorPrefix, prefix: anchorPrefix });
    return new Anchor(options, common, log, anchor);
  }

  /** Anchors the logs that have grown, signs, and asks witnesses and the authority. */
  async anchor(heads: readonly PublishedHead[]): Promise<void> {
    const moved = heads.filter(({ log, size }) => this.#anchored.get(log) !== size);
    if (moved.length > 0) {
      await this.#anchor.addOwnAll(
        'anchor.head',
        moved.map(({ log, origin, size, root }) => ({
          log,
          origin_sha256: hash('sha256', origin),
          size: String(size),
          root: root.toString('hex'),
        })),
      );
      for (const { log, size } of moved) this.#anchored.set(log, size);
    }
    await this.#anchor.publish();
    const { published } = this.#anchor;
    if (published === undefined) return;
    await this.#witness(published);
    await this.#timestamp(published);
  }

  /** Says what witnesses and the time-stamping authority have seen last; `also` is what else is to be said. */
  async heartbeat(also: Readonly<Record<string, string>> = {}): Promise<void> {
    const { witnessed_size, timestamp_sha256 } = this.#seen;
    await this.#anchor.heartbeat({
      ...also,
      ...(witnessed_size === undefined ? {} : { witnessed_size: String(witnessed_size) }),
      ...(timestamp_sha256 === undefined ? {} : { timestamp_sha256 }),
    });
  }

  close(): Promise<void> {
    return this.#anchor.close();
  }

  abandon(): Promise<void> {
    return this.#anchor.abandon();
  }

  async #witness(published: PublishedHead): Promise<void> {
    if (this.#options.witnesses.length === 0 || published.checkpoint === this.#witnessed) return;
    const lines = await Promise.all(
      this.#clientsOf(published.log).map((client) => this.#cosign(client, published)),
    );
    const given = lines.filter((line) => line !== undefined);
    if (given.length === this.#options.witnesses.length) {
      this.#witnessed = published.checkpoint;
      this.#seen.witnessed_size = published.size;
      await this.#noteWitnessed();
    } else this.#noteUnwitnessed();
    if (given.length > 0) await this.#anchor.addSignatures(published.checkpoint, given);
  }

  /** The cosignature line; undefined when the witness does not give one. The ledger goes on without. */
  async #cosign(client: WitnessClient, { checkpoint }: PublishedHead): Promise<string | undefined> {
    try {
      return await client.cosign(checkpoint);
    } catch (error) {
      if (!(error instanceof BreakwaterError)) throw error;
      const level = error.retriable ? 'warn' : 'error';
      this.#log[level]('a witness did not cosign', {
        code: error.code,
        witness: client.name,
        reason: error.message,
      });
      return undefined;
    }
  }

  async #noteWitnessed(): Promise<void> {
    const now_ms = this.#clock.now_ms();
    if (this.#alarmed) {
      const missing_ms = String(now_ms - this.#witnessed_ms);
      await this.#anchor.addOwn('anchor.unwitnessed', 'failure', { missing_ms });
    }
    this.#alarmed = false;
    this.#witnessed_ms = now_ms;
  }

  #noteUnwitnessed(): void {
    const missing_ms = this.#clock.now_ms() - this.#witnessed_ms;
    if (this.#alarmed || missing_ms < unwitnessed_ms_max) return;
    this.#alarmed = true;
    this.#log.error('the ledger has not been witnessed', { missing_ms });
  }

  /** The stamped checkpoint is kept beside its time-stamp, since cosignatures change the published file. */
  async #timestamp({ log, size, checkpoint }: PublishedHead): Promise<void> {
    const now_ms = this.#clock.now_ms();
    const { timestamp_url } = this.#options;
    if (timestamp_url === undefined || now_ms - this.#timestamped_ms < timestamp_interval_ms) return;
    try {
      const answer = await requestTimestamp(timestamp_url, checkpoint);
      const path = join(this.#directory, log, 'timestamps', String(size));
      replaceFile(`${path}.checkpoint`, checkpoint);
      replaceFile(`${path}.tsr`, answer);
      this.#timestamped_ms = now_ms;
      this.#seen.timestamp_sha256 = hash('sha256', answer);
    } catch (error) {
      if (!(error instanceof BreakwaterError)) throw error;
      this.#log.warn('no time-stamp', { code: error.code, reason: error.message });
    }
  }

  #clientsOf(shard: string): readonly WitnessClient[] {
    if (this.#clients?.shard !== shard) {
      const folder = join(this.#directory, shard);
      this.#clients = {
        shard,
        clients: this.#options.witnesses.map((address) => new WitnessClient(address, folder)),
      };
    }
    return this.#clients.clients;
  }
}
