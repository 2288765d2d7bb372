/** Names of logs. A tenant has one log a quarter, so that what has passed its time goes as whole logs. */

/** The quarter of a time in UTC: `2026q4`. */
export function shardOf(now_ms: number): string {
  const time = new Date(now_ms);
  return `${time.getUTCFullYear()}q${Math.floor(time.getUTCMonth() / 3) + 1}`;
}

/** The log of the heads of all other logs. No tenant's name begins with an underscore as it is. */
export const anchorPrefix = '_anchor';

/**
 * A tenant as the beginning of its logs' names: what a folder or an origin could not hold, and a leading underscore, is
 * written as `~` and two hex digits.
 */
export function logPrefix(tenant: string): string {
  const safe = [...Buffer.from(tenant)].map((byte, index) => {
    const character = String.fromCharCode(byte);
    const plain = index === 0 ? /[a-zA-Z0-9-]/ : /[a-zA-Z0-9_-]/;
    return plain.test(character) ? character : `~${byte.toString(16).padStart(2, '0')}`;
  });
  return safe.join('');
}

/** `<prefix>-<shard>`. */
export function logName(prefix: string, shard: string): string {
  return `${prefix}-${shard}`;
}

/** The prefix and the shard that a log's name was made of; undefined when it is none. */
export function parseLogName(log: string): { readonly prefix: string; readonly shard: string } | undefined {
  const [, prefix = '', shard = ''] = /^(.+)-(\d{4}q[1-4])$/.exec(log) ?? [];
  return shard === '' ? undefined : { prefix, shard };
}

/** The tenant whose logs begin with this prefix; undefined for the anchor. */
export function tenantOf(prefix: string): string | undefined {
  if (prefix.startsWith('_')) return undefined;
  return decodeURIComponent(prefix.replaceAll('~', '%'));
}
