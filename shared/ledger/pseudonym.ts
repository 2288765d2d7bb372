import { createHmac, hkdfSync } from 'node:crypto';

const pseudonym_chars = 22;
const keys_cached_max = 1_000;
const keys = new Map<string, Buffer>();

/** A pseudonym that only who has the secret can tie to a name. Another tenant or purpose gives another one. */
export function pseudonymOf(secret: Buffer, tenant: string, purpose: string, name: string): string {
  const digest = createHmac('sha256', keyOf(secret, tenant, purpose))
    .update(name)
    .digest('base64url');
  return `pseudonym:${digest.slice(0, pseudonym_chars)}`;
}

/** Leaves speak of one person by one pseudonym, whatever the record. */
export function leafPseudonym(secret: Buffer, tenant: string, name: string): string {
  return pseudonymOf(secret, tenant, 'audit', name);
}

/** Deriving a key costs more than using it. */
function keyOf(secret: Buffer, tenant: string, purpose: string): Buffer {
  const id = `${secret.toString('base64')}\n${tenant}\n${purpose}`;
  const known = keys.get(id);
  if (known !== undefined) return known;
  const key = Buffer.from(hkdfSync('sha256', secret, '', `breakwater pseudonym ${tenant}\n${purpose}`, 32));
  if (keys.size >= keys_cached_max) keys.clear();
  keys.set(id, key);
  return key;
}
