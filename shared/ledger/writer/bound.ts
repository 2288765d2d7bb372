import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readHead } from './head.ts';

/** What a log is bound to, read without opening it for writing. */
export interface Bound {
  readonly size: number;
  /** 32 bytes. */
  readonly root: Buffer;
  /** What its writer keeps in step with it. */
  readonly state: string;
}

/** Where the writer of a log keeps what is not published. */
export function writerFolder(directory: string, log: string): string {
  return join(directory, '.writer', log);
}

/** Undefined for a log that does not exist or has no head yet. */
export function readBound(directory: string, log: string): Bound | undefined {
  const folder = writerFolder(directory, log);
  const head = existsSync(folder) ? readHead(folder) : undefined;
  return head && { size: head.size, root: Buffer.from(head.root, 'hex'), state: head.state };
}

/** The names of all logs in a ledger directory, in order. */
export function listBoundLogs(directory: string): string[] {
  const folder = join(directory, '.writer');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
