import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { unprivileged_uid } from './folders.ts';
import type { Lifetime } from './server.ts';

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the words of the operating system. */
  readonly started: string;
}

/** A program and everything it needs to be started. */
export interface ServerCommand {
  readonly executable: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Standard output and error are appended here. */
  readonly log: string;
  readonly input?: Buffer;
  /** Run as an unprivileged user; only possible as root. */
  readonly unprivileged: boolean;
}

/** util-linux's tool that lets a process be told when its parent dies. */
const setpriv = '/usr/bin/setpriv';
const poll_ms = 50;

/** Starts a server in a session of its own, so that Ctrl-C in a terminal reaches this process only. */
export async function spawnServer(command: ServerCommand, lifetime: Lifetime): Promise<ProcessIdentity> {
  const [executable, ...args] = withLifetime([command.executable, ...command.args], lifetime);
  const log = openSync(command.log, 'a');
  const child = spawn(executable, args, {
    cwd: command.cwd,
    env: command.environment,
    detached: true,
    stdio: [command.input === undefined ? 'ignore' : 'pipe', log, log],
    ...(command.unprivileged && { uid: unprivileged_uid, gid: unprivileged_uid }),
  });
  closeSync(log);
  await once(child, 'spawn');
  await writeInput(child, command.input);
  if (lifetime === 'process') stopWithThisProcess(child);
  child.unref();
  const pid = child.pid ?? 0;
  return { pid, started: startOf(pid) ?? '' };
}

function withLifetime(
  [executable, ...args]: readonly [string, ...string[]],
  lifetime: Lifetime,
): readonly [string, ...string[]] {
  if (lifetime === 'detached' || !existsSync(setpriv)) return [executable, ...args];
  return [setpriv, '--pdeathsig', 'TERM', '--', executable, ...args];
}

async function writeInput(child: ChildProcess, input: Buffer | undefined): Promise<void> {
  if (input === undefined || child.stdin === null) return;
  // A server that dies at once closes its input; the wait for its health then reports the death with its log.
  child.stdin.on('error', () => child.stdin?.destroy());
  const closed = once(child.stdin, 'close');
  child.stdin.end(input);
  await closed;
}

/** Where `setpriv` is missing, at least a normal end of this process stops the server. */
function stopWithThisProcess(child: ChildProcess): void {
  const stop = (): void => {
    child.kill('SIGTERM');
  };
  process.once('exit', stop);
  child.once('exit', () => process.off('exit', stop));
}

/** Whether exactly that process still runs. A zombie that nobody collects does not. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identity.pid > 0 && startOf(identity.pid) === identity.started;
}

/** SIGTERM, and SIGKILL when it takes longer than `grace_ms`. Resolves when it is gone: true when it went by itself. */
export async function terminate(identity: ProcessIdentity, grace_ms: number): Promise<boolean> {
  signalProcess(identity, 'SIGCONT');
  signalProcess(identity, 'SIGTERM');
  if (await goneWithin(identity, grace_ms)) return true;
  await kill(identity);
  return false;
}

/** SIGKILL; resolves when the process is gone. */
export async function kill(identity: ProcessIdentity): Promise<void> {
  signalProcess(identity, 'SIGKILL');
  await goneWithin(identity, Number.POSITIVE_INFINITY);
}

/** Sends a signal unless the process has ended. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (isRunning(identity)) process.kill(identity.pid, signal);
}

async function goneWithin(identity: ProcessIdentity, wait_ms: number): Promise<boolean> {
  const deadline_ms = performance.now() + wait_ms;
  while (isRunning(identity)) {
    if (performance.now() > deadline_ms) return false;
    await sleep(poll_ms);
  }
  return true;
}

/** When the process started; `undefined` when there is none, or only its remains. */
export function startOf(pid: number): string | undefined {
  if (existsSync('/proc/self/stat')) return startFromProc(pid);
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return undefined; // ps answers 1 for a process that does not exist.
  }
}

function startFromProc(pid: number): string | undefined {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return undefined;
  try {
    // The name in parentheses may hold spaces; the fields after it are fixed (proc_pid_stat(5), from the third on).
    const fields = readFileSync(file, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    const [state, threads, started] = [fields[0], Number(fields[17]), fields[19]];
    // The first thread of a killed server may be dead while others still hold its sockets and files.
    return state === 'X' || (state === 'Z' && threads <= 1) ? undefined : started;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'ENOENT')) {
      return undefined; // It ended between the two calls.
    }
    throw error;
  }
}
