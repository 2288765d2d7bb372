import { isRetriable } from '#shared/errors/error.ts';
import type { AuditTrail } from '#shared/service/audit-trail.ts';
import type { Log } from '#shared/telemetry/log.ts';

export interface RefusedLoginsOptions {
  readonly audit: AuditTrail;
  readonly tenant: string;
  readonly now_ms: () => number;
  readonly log: Log;
  /** Time over which refused logins are counted together. */
  readonly refused_interval_ms?: number | undefined;
}

const refused_interval_ms_default = 10_000;
/** Addresses that one record of refused logins names. */
const addresses_max = 100;

interface Refused {
  readonly since_ms: number;
  attempts: number;
  without_token: number;
  /** How often each of the first addresses tried. */
  readonly addresses: Map<string, number>;
}

/**
 * How often somebody was refused, as records of the audit trail. Whoever guesses tokens makes one record in ten seconds,
 * however fast. The leaf has numbers; the addresses are in the body.
 */
export class RefusedLogins {
  readonly #options: RefusedLoginsOptions;
  #refused: Refused | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RefusedLoginsOptions) {
    this.#options = options;
  }

  /** Counts a request without a token, or with one that nobody holds. */
  refuse(hasToken: boolean, address: string): void {
    const since_ms = this.#options.now_ms();
    this.#refused ??= { since_ms, attempts: 0, without_token: 0, addresses: new Map() };
    this.#refused.attempts += 1;
    if (!hasToken) this.#refused.without_token += 1;
    countAddress(this.#refused.addresses, address, 1);
    this.#waitForMore();
  }

  /** Writes down what was refused since the last record; what cannot be written yet is written later. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const refused = this.#refused;
    this.#refused = undefined;
    if (refused === undefined) return;
    try {
      await this.#record(refused);
    } catch (error) {
      if (!isRetriable(error)) throw error;
      this.#options.log.warn('refused logins wait to be written down', { reason: String(error) });
      this.#keep(refused);
    }
  }

  async #record({ since_ms, attempts, without_token, addresses }: Refused): Promise<void> {
    const { audit, tenant, now_ms } = this.#options;
    const facts = {
      method: 'token',
      attempts: String(attempts),
      without_token: String(without_token),
      addresses: String(addresses.size),
      since_us: String(since_ms * 1000),
    };
    const body = JSON.stringify({ addresses: Object.fromEntries(addresses) });
    await audit.record([
      {
        tenant,
        type: 'login.failed',
        time_ns: BigInt(now_ms()) * 1_000_000n,
        outcome: 'failure',
        facts,
        body,
      },
    ]);
  }

  #keep(refused: Refused): void {
    const later = this.#refused;
    this.#refused = refused;
    refused.attempts += later?.attempts ?? 0;
    refused.without_token += later?.without_token ?? 0;
    for (const [address, count] of later?.addresses ?? []) countAddress(refused.addresses, address, count);
    this.#waitForMore();
  }

  #waitForMore(): void {
    const { refused_interval_ms = refused_interval_ms_default } = this.#options;
    this.#timer ??= setTimeout(() => void this.flush(), refused_interval_ms).unref();
  }
}

function countAddress(addresses: Map<string, number>, address: string, count: number): void {
  if (addresses.has(address) || addresses.size < addresses_max)
    addresses.set(address, (addresses.get(address) ?? 0) + count);
}
