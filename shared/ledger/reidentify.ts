import { createBodyCipher } from './bodies/body-cipher.ts';
import { BodyStore, type StoredBody } from './bodies/body-store.ts';
import type { LifecyclePorts } from './lifecycle/ports.ts';
import { leavesOfLog, logsOfTenant } from './lifecycle/tenant-leaves.ts';
import { leafPseudonym, pseudonymOf } from './pseudonym.ts';
import { recordSigned } from './signed-leaf.ts';
import { tile_width } from './tile-path.ts';

export interface Reidentification {
  readonly tenant: string;
  readonly pseudonym: string;
  /** The purpose of the export that has the pseudonym; undefined for those that leaves have. */
  readonly purpose: string | undefined;
  readonly who: string;
  readonly reason: string;
  readonly signed_ms_max?: number | undefined;
}

/**
 * Who a pseudonym is: the text in a body of the tenant that it stands for; undefined when no body that is left has it.
 * That somebody asked is a signed leaf before anything is looked at.
 * @throws BW_AUDIT_UNSIGNED while the auditor is down.
 */
export async function reidentify(
  { directory, trail, bodySecret, clock }: LifecyclePorts,
  { tenant, pseudonym, purpose, who, reason, signed_ms_max }: Reidentification,
): Promise<string | undefined> {
  const entry = {
    tenant,
    type: 'pseudonym.resolved',
    time_ns: BigInt(clock.now_ms()) * 1_000_000n,
    outcome: 'success',
    facts: { pseudonym, actor: leafPseudonym(bodySecret, tenant, who) },
    body: JSON.stringify({ who, reason, purpose }),
  } as const;
  await recordSigned(directory, trail, entry, 'pseudonym', signed_ms_max);
  const isIt = (name: string): boolean =>
    (purpose === undefined
      ? leafPseudonym(bodySecret, tenant, name)
      : pseudonymOf(bodySecret, tenant, purpose, name)) === pseudonym;
  for await (const text of bodiesOf(directory, bodySecret, tenant)) {
    const found = textsIn(text).find(isIt);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The plaintext of every body of a tenant that is left. */
async function* bodiesOf(directory: string, secret: Buffer, tenant: string): AsyncGenerator<string> {
  const cipher = createBodyCipher(secret, tenant);
  for (const log of logsOfTenant(directory, tenant)) {
    const store = new BodyStore(directory, log);
    let [at, bundle]: [number, ReadonlyMap<string, StoredBody>] = [-1, new Map()];
    for await (const { index, leaf } of leavesOfLog(directory, log)) {
      if (leaf.body === undefined) continue;
      const of = Math.floor(index / tile_width);
      if (of !== at) [at, bundle] = [of, store.readBundle(of)];
      const stored = bundle.get(`${index} ${leaf.body.commitment}`);
      if (stored?.kind === 'sealed') yield cipher.open(stored.body).plaintext.toString();
    }
  }
}

/** Every text in JSON, also in JSON that is a text of it; text that is no JSON is one. */
function textsIn(text: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [text];
  }
  return [text, ...textsOf(value)];
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return /^\s*[[{]/.test(value) ? textsIn(value) : [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
