import { createHmac, hkdfSync } from 'node:crypto';

const pseudonym_chars = 22;
const keys_cached_max = 1_000;
/** Of one tenant for one purpose. */
const names_cached_max = 1_000;

/** What one tenant's names are for one purpose. */
interface Pseudonyms {
  readonly key: Buffer;
  readonly known: Map<string, string>;
}

const bySecret = new WeakMap<Buffer, Map<string, Pseudonyms>>();

/** A pseudonym that only who has the secret can tie to a name. Another tenant or purpose gives another one. */
export function pseudonymOf(secret: Buffer, tenant: string, purpose: string, name: string): string {
  const { key, known } = pseudonymsOf(secret, tenant, purpose);
  const again = known.get(name);
  if (again !== undefined) return again;
  const digest = createHmac('sha256', key).update(name).digest('base64url');
  const pseudonym = `pseudonym:${digest.slice(0, pseudonym_chars)}`;
  if (known.size >= names_cached_max) known.clear();
  known.set(name, pseudonym);
  return pseudonym;
}

/** Leaves speak of one person by one pseudonym, whatever the record. */
export function leafPseudonym(secret: Buffer, tenant: string, name: string): string {
  return pseudonymOf(secret, tenant, 'audit', name);
}

/** Deriving a key costs more than using it. */
function pseudonymsOf(secret: Buffer, tenant: string, purpose: string): Pseudonyms {
  const all = bySecret.get(secret) ?? new Map<string, Pseudonyms>();
  bySecret.set(secret, all);
  const id = `${tenant}\n${purpose}`;
  const known = all.get(id);
  if (known !== undefined) return known;
  const key = Buffer.from(hkdfSync('sha256', secret, '', `breakwater pseudonym ${id}`, 32));
  const pseudonyms = { key, known: new Map<string, string>() };
  if (all.size >= keys_cached_max) all.clear();
  all.set(id, pseudonyms);
  return pseudonyms;
}
