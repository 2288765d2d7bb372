import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLock } from './lock.ts';
import { isRunning, startOf } from './processes.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'breakwater-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const quiet = { onWait: () => undefined };

it('lets one in at a time', async () => {
  const file = join(folder, 'deep/lock');
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside);
    await sleep(5);
    inside--;
  };
  await Promise.all(Array.from({ length: 4 }, () => withLock(file, quiet, work)));
  expect(most).toBe(1);
  expect(existsSync(file)).toBe(false);
});

it('opens when the work fails', async () => {
  const file = join(folder, 'lock');
  await expect(withLock(file, quiet, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  await expect(withLock(file, quiet, () => Promise.resolve('in'))).resolves.toBe('in');
});

it('is taken over from a process that died, and from one whose number came back', async () => {
  const file = join(folder, 'lock');
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  writeFileSync(file, `${child.pid} 12345`);
  await expect(withLock(file, quiet, () => Promise.resolve('in'))).resolves.toBe('in');
  writeFileSync(file, `${process.pid} some-other-start`);
  await expect(withLock(file, quiet, () => Promise.resolve('in'))).resolves.toBe('in');
});

it('says who has it, and stops to wait when told', async () => {
  const file = join(folder, 'lock');
  writeFileSync(file, `${process.pid} ${startOf(process.pid)}`);
  const abort = new AbortController();
  const onWait = (pid: number): void => abort.abort(new Error(`process ${pid} has it`));
  const waiting = withLock(file, { onWait, signal: abort.signal }, () => Promise.resolve());
  await expect(waiting).rejects.toMatchObject({ cause: new Error(`process ${process.pid} has it`) });
});

it('tells a process from a later one with its number', () => {
  expect(isRunning({ pid: process.pid, started: startOf(process.pid) ?? '' })).toBe(true);
  expect(isRunning({ pid: process.pid, started: 'another time' })).toBe(false);
});
