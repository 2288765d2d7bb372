import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A system call that a writer makes. */
export interface SystemCall {
  readonly name: string;
  /** As strace names it; some kernels know it by several names. */
  readonly names: readonly string[];
  /** Made by a thread beside, too; all other calls are made by the main thread, which alone is traced for them. */
  readonly isBeside: boolean;
}

export const systemCalls: readonly SystemCall[] = [
  { name: 'openat', names: ['openat'], isBeside: false },
  { name: 'write', names: ['write'], isBeside: false },
  { name: 'pwrite64', names: ['pwrite64'], isBeside: true },
  { name: 'fsync', names: ['fsync'], isBeside: true },
  { name: 'fdatasync', names: ['fdatasync'], isBeside: true },
  { name: 'rename', names: ['?rename', '?renameat', '?renameat2'], isBeside: false },
  { name: 'mkdir', names: ['?mkdir', '?mkdirat'], isBeside: false },
  { name: 'unlink', names: ['?unlink', '?unlinkat'], isBeside: false },
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
    ...(call.isBeside ? ['-f'] : []),
    '-qq',
    '-e',
    'signal=none',
    '-e',
    `trace=${call.names.join(',')}`,
  ];
}

/**
 * Runs a command undisturbed and returns which of its calls of one kind, counted from 1 in each thread as strace does,
 * concern files in `directory`. `run` is given the program to run it under.
 */
export async function callsWithin(
  directory: string,
  call: SystemCall,
  run: (under: readonly string[]) => Promise<unknown>,
): Promise<number[]> {
  const trace = join(directory, '..', `${call.name}.trace`);
  await run([...traced(call), '-y', '-o', trace]);
  const numbers = new Set<number>();
  const seen = new Map<string, number>();
  for (const line of readFileSync(trace, 'utf8').split('\n')) {
    const [matched, thread = ''] = /^(\d+ +)?[a-z0-9_]+\(/.exec(line) ?? [];
    if (matched === undefined) continue;
    const number = (seen.get(thread) ?? 0) + 1;
    seen.set(thread, number);
    if (line.includes(`${directory}/`)) numbers.add(number);
  }
  return [...numbers].sort((a, b) => a - b);
}

/** Whether strace can be used here: some containers forbid it. */
export function canTrace(): boolean {
  return spawnSync('strace', ['-qq', '-e', 'inject=fsync:error=EIO', '-o', '/dev/null', 'true']).status === 0;
}
