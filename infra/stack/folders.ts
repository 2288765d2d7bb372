import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Elasticsearch refuses to run as root: as root it runs as `nobody`. */
export const unprivileged_uid = 65534;

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Where downloads are kept, outside the work tree, shared by all stacks of this user. */
export function cacheFolder(environment: NodeJS.ProcessEnv): string {
  const base = environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const preferred = join(base, 'breakwater');
  return reachable(preferred) ? preferred : ensureOpenFolder('/var/cache/breakwater');
}

/**
 * The folder of one server under the stack's folder. As root in a closed home folder (`/root` is 0700),
 * Elasticsearch could not reach its files there: then it is a folder under `/var/lib`, named after the stack's.
 */
export function serverFolder(stackFolder: string, server: string, needsUnprivileged: boolean): string {
  if (!needsUnprivileged || reachable(stackFolder)) return join(stackFolder, server);
  const name = createHash('sha256').update(stackFolder).digest('hex').slice(0, 16);
  return join(ensureOpenFolder('/var/lib/breakwater'), name, server);
}

/** Whether the user that Elasticsearch runs as could enter the folder, judged by those parents that exist. */
function reachable(folder: string): boolean {
  if (!isRoot()) return true;
  for (let path = folder; ; path = dirname(path)) {
    if (existsSync(path) && (statSync(path).mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

function ensureOpenFolder(folder: string): string {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  return folder;
}
