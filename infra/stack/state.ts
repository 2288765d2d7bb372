import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BreakwaterError } from '#shared/errors/error.ts';
import { type ServerName, serverNames } from './server.ts';

/** What is remembered of a server that was started, also after it ended: its ports and where its data and log are. */
const serverState = z.object({
  pid: z.number().int(),
  started: z.string(),
  ports: z.record(z.string(), z.number().int()),
  address: z.string(),
  version: z.string(),
  folder: z.string(),
  log: z.string(),
});
const stackState = z.partialRecord(z.enum(serverNames), serverState);

export type ServerState = z.infer<typeof serverState>;
export type StackState = z.infer<typeof stackState>;

function stateFile(directory: string): string {
  return join(directory, 'stack.json');
}

/** The servers of a stack folder; empty when none was ever started there. */
export function readState(directory: string): StackState {
  const file = stateFile(directory);
  if (!existsSync(file)) return {};
  const parsed = stackState.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data;
  const message = `${file} is not of this version: end the processes that it names and remove it`;
  throw new BreakwaterError('BW_STACK_START_FAILED', message, { file }, parsed.error);
}

/** Replaces what is known of one server; the caller holds the stack's lock, and the file is never half written. */
export function recordServer(directory: string, name: ServerName, server: ServerState): void {
  mkdirSync(directory, { recursive: true });
  const file = stateFile(directory);
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, `${JSON.stringify({ ...readState(directory), [name]: server }, undefined, 2)}\n`);
  renameSync(aside, file);
}
