import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BreakwaterError } from '#shared/errors/error.ts';
import { isRunning, startOf } from './processes.ts';

const poll_ms = 200;
/** The longest thing done under a lock is a first download on a slow line. */
const wait_ms_max = 15 * 60 * 1000;

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once when another process has the lock. */
  readonly onWait: (pid: number) => void;
}

/**
 * Runs `work` while no other process on this computer holds the lock file. A lock whose holder died is taken over.
 * Throws `BW_STACK_BUSY` when the holder keeps it too long.
 */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  await acquire(file, options);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

async function acquire(file: string, options: LockOptions): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const deadline_ms = performance.now() + wait_ms_max;
  let waited = false;
  while (!tryAcquire(file)) {
    const holder = readHolder(file);
    if (holder !== undefined && !isRunning(holder)) {
      takeOver(file, holder.text);
      continue;
    }
    if (performance.now() > deadline_ms) {
      throw new BreakwaterError('BW_STACK_BUSY', `process ${holder?.pid} holds ${file}`, { file });
    }
    if (!waited && holder !== undefined) options.onWait(holder.pid);
    waited = true;
    await sleep(poll_ms, undefined, { signal: options.signal });
  }
}

/** A link to a complete file: nobody sees a lock without its holder. */
function tryAcquire(file: string): boolean {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${process.pid} ${startOf(process.pid)}`);
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own);
  }
}

function readHolder(file: string): { pid: number; started: string; text: string } | undefined {
  const text = readIfThere(file);
  const [, pid, started] = /^(\d+) (.+)$/.exec(text ?? '') ?? [];
  if (text === undefined || pid === undefined || started === undefined) return undefined;
  return { pid: Number(pid), started, text };
}

/** Renaming is atomic: of several waiters one moves the dead lock away; a lock that is not the dead one is put back. */
function takeOver(file: string, deadText: string): void {
  const aside = `${file}.${process.pid}.dead`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  if (readIfThere(aside) === deadText) rmSync(aside, { force: true });
  else renameSync(aside, file);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
