import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A system call that a writer makes. */
export interface SystemCall {
  readonly name: string;
  /** As strace names it; some kernels know it by several names. */
  readonly names: readonly string[];
  /** Flushes wait in a thread beside; all other calls are made by the main thread, which alone is traced for them. */
  readonly isFlush: boolean;
}

export const systemCalls: readonly SystemCall[] = [
  { name: 'openat', names: ['openat'], isFlush: false },
  { name: 'write', names: ['write'], isFlush: false },
  { name: 'pwrite64', names: ['pwrite64'], isFlush: false },
  { name: 'fsync', names: ['fsync'], isFlush: true },
  { name: 'fdatasync', names: ['fdatasync'], isFlush: true },
  { name: 'rename', names: ['?rename', '?renameat', '?renameat2'], isFlush: false },
  { name: 'mkdir', names: ['?mkdir', '?mkdirat'], isFlush: false },
  { name: 'unlink', names: ['?unlink', '?unlinkat'], isFlush: false },
];

/** What happens at a call: an error instead of it, once or from then on, or the end of the process. */
export type Fault =
  | { readonly kind: 'error'; readonly error: 'EIO' | 'ENOSPC'; readonly from_then_on: boolean }
  | { readonly kind: 'kill' };

export const faults: readonly Fault[] = [
  { kind: 'error', error: 'EIO', from_then_on: false },
  { kind: 'kill' },
  { kind: 'error', error: 'ENOSPC', from_then_on: true },
];

export function describeFault(fault: Fault): string {
  return fault.kind === 'kill' ? 'SIGKILL' : `${fault.error}${fault.from_then_on ? ' from then on' : ''}`;
}

/** The command that runs another one and lets the `number`th of its calls of one kind fail. */
export function faulty(call: SystemCall, number: number, fault: Fault): string[] {
  const effect = fault.kind === 'kill' ? 'signal=SIGKILL' : `error=${fault.error}`;
  const when = fault.kind === 'error' && fault.from_then_on ? `${number}+` : `${number}`;
  return [...traced(call), '-o', '/dev/null', '-e', `inject=${call.names.join(',')}:${effect}:when=${when}`];
}

function traced(call: SystemCall): string[] {
  return [
    'strace',
    ...(call.isFlush ? ['-f'] : []),
    '-qq',
    '-e',
    'signal=none',
    '-e',
    `trace=${call.names.join(',')}`,
  ];
}

/**
 * Runs a command undisturbed and returns which of its calls of one kind, counted from 1, concern files in `directory`.
 * `run` is given the program to run it under.
 */
export async function callsWithin(
  directory: string,
  call: SystemCall,
  run: (under: readonly string[]) => Promise<unknown>,
): Promise<number[]> {
  const trace = join(directory, '..', `${call.name}.trace`);
  await run([...traced(call), '-y', '-o', trace]);
  const lines = readFileSync(trace, 'utf8')
    .split('\n')
    .filter((line) => /^(?:\d+ +)?[a-z0-9_]+\(/.test(line));
  return lines.flatMap((line, index) => (line.includes(`${directory}/`) ? [index + 1] : []));
}

/** Whether strace can be used here: some containers forbid it. */
export function canTrace(): boolean {
  return spawnSync('strace', ['-qq', '-e', 'inject=fsync:error=EIO', '-o', '/dev/null', 'true']).status === 0;
}
