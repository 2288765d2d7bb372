import { messageOf } from '#shared/errors/error.ts';
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Tessera prints whole tiles. */
const output_chars_max = 500;

/** What a foreign program said of what it was given. */
export interface Verdict {
  readonly accepted: boolean;
  readonly output: string;
}

/** Runs a program that says yes by exit status 0. */
export async function ask(program: string, args: readonly string[], input?: Buffer): Promise<Verdict> {
  if (input !== undefined) {
    const { status, stdout, stderr } = spawnSync(program, [...args], { input });
    return {
      accepted: status === 0,
      output: Buffer.concat([stdout, stderr]).toString().slice(0, output_chars_max),
    };
  }
  try {
    const { stdout, stderr } = await run(program, [...args], { maxBuffer: 16 * 1024 * 1024 });
    return { accepted: true, output: `${stdout}${stderr}`.slice(0, output_chars_max) };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'number') throw error;
    return { accepted: false, output: error.message.slice(0, output_chars_max) };
  }
}

/** The programs of `go/`, built; or why they cannot be. */
export type GoTools =
  | { readonly kind: 'built'; readonly xmod: string; readonly fsck: string }
  | { readonly kind: 'absent'; readonly reason: string };

/** Builds the Go verifiers. The first time fetches their modules. */
export async function buildGoTools(): Promise<GoTools> {
  const folder = join(tmpdir(), 'breakwater-foreign');
  mkdirSync(folder, { recursive: true });
  try {
    await run('go', ['build', '-o', `${folder}/`, './xmod', './fsck'], {
      cwd: join(import.meta.dirname, 'go'),
    });
    return { kind: 'built', xmod: join(folder, 'xmod'), fsck: join(folder, 'fsck') };
  } catch (error) {
    const reason = messageOf(error);
    return { kind: 'absent', reason: reason.split('\n').slice(0, 3).join(' ') };
  }
}

/** Whether a program is on this computer. */
export function hasProgram(name: string): boolean {
  return spawnSync('which', [name]).status === 0;
}
