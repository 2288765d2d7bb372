/** Names of logs. A tenant has one log a quarter, so that what has passed its time goes as whole logs. */

/** The quarter of a time in UTC: `2026q4`. */
export function shardOf(now_ms: number): string {
  const time = new Date(now_ms);
  return `${time.getUTCFullYear()}q${Math.floor(time.getUTCMonth() / 3) + 1}`;
}

/** `<tenant>-<shard>`; what a folder or an origin could not hold is written as `~` and two hex digits. */
export function logName(tenant: string, shard: string): string {
  const safe = [...Buffer.from(tenant)].map((byte) => {
    const character = String.fromCharCode(byte);
    return /[a-zA-Z0-9_-]/.test(character) ? character : `~${byte.toString(16).padStart(2, '0')}`;
  });
  return `${safe.join('')}-${shard}`;
}

/** The tenant and the shard that a log's name was made of; undefined when it is none. */
export function parseLogName(log: string): { readonly tenant: string; readonly shard: string } | undefined {
  const [, safe = '', shard = ''] = /^(.+)-(\d{4}q[1-4])$/.exec(log) ?? [];
  if (shard === '') return undefined;
  const percent = safe.replaceAll('%', '%25').replaceAll('~', '%');
  return { tenant: decodeURIComponent(percent), shard };
}
