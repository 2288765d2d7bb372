import { join } from 'node:path';
import { listLogs } from './evidence/ledger.ts';
import { logPrefix, parseLogName } from './log-name.ts';
import { readIfPresent } from './writer/files.ts';

const default_origin = 'breakwater.local/ledger';

/** What the origins of a tenant's logs begin with, as its logs have it; the default when it has none yet. */
export function originOf(directory: string, tenant: string): string {
  const prefix = logPrefix(tenant);
  const log = listLogs(directory).find((name) => parseLogName(name)?.prefix === prefix);
  const vkey = log === undefined ? undefined : readIfPresent(join(directory, `${log}.vkey`))?.toString();
  const [origin = ''] = vkey?.split('+') ?? [];
  return origin.endsWith(`/${log}`) ? origin.slice(0, -`/${log}`.length) : default_origin;
}
