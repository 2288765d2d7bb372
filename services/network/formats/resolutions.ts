import { addressEntity } from '#shared/event/address.ts';
import type { Entity } from '#shared/event/entity.ts';
import type { FactDraft } from '#shared/event/format.ts';
import { second_ns } from '#shared/event/time.ts';

/** Answers that live shorter are still used by clients for a while. */
const ttl_s_min = 30;
/** Names move; what was resolved a day ago says nothing. */
const ttl_s_max = 86_400;

/** An address outside is the domain that it was resolved from, for as long as the answer lives. */
export function resolutions(
  addresses: readonly string[],
  domain: Entity | undefined,
  time_ns: bigint,
  ttl_s: number | undefined,
): FactDraft[] {
  if (domain === undefined) return [];
  const lifetime = BigInt(Math.min(Math.max(ttl_s ?? 0, ttl_s_min), ttl_s_max)) * second_ns;
  const facts: FactDraft[] = [];
  for (const address of addresses) {
    const one = addressEntity(address);
    if (one?.startsWith('external:') !== true) continue;
    facts.push({
      a: one,
      relation: 'is',
      b: domain,
      from_ns: time_ns,
      to_ns: time_ns + lifetime,
      confidence: 80,
    });
  }
  return facts;
}
