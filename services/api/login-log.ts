import { leafPseudonym } from '#shared/ledger/pseudonym.ts';
import type { AccessLogOptions } from './access-log.ts';

/** A token that was not used for longer begins a session anew. */
const session_idle_ms_max = 30 * 60_000;

/** Who came, as records of the audit trail. There are no sessions: a login is the first use of a token for half an hour. */
export class LoginLog {
  readonly #options: AccessLogOptions;
  /** When each holder of a token was last here. */
  readonly #seen = new Map<string, number>();

  constructor(options: AccessLogOptions) {
    this.#options = options;
  }

  /** Resolves once the login, if it is one, is on record. @throws a retriable error when it cannot be. */
  async admit(reader: string, address: string): Promise<void> {
    const { audit, tenant, bodySecret, now_ms } = this.#options;
    const [now, last] = [now_ms(), this.#seen.get(reader)];
    this.#seen.set(reader, now);
    if (last !== undefined && now - last <= session_idle_ms_max) return;
    const facts = { method: 'token', actor: leafPseudonym(bodySecret, tenant, reader) };
    const body = JSON.stringify({ reader, address });
    try {
      await audit.record([
        {
          tenant,
          type: 'login.succeeded',
          time_ns: BigInt(now) * 1_000_000n,
          outcome: 'success',
          facts,
          body,
        },
      ]);
    } catch (error) {
      this.#seen.delete(reader);
      throw error;
    }
  }
}
