import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export const projectRoot = join(import.meta.dirname, '../..');

/** Escape codes only help whom they reach. */
const colours: Readonly<Record<string, string>> = process.stdout.isTTY ? {} : { NO_COLOR: '1' };

export interface CommandResult {
  readonly ok: boolean;
  /** Both streams, as they came. */
  readonly output: string;
  readonly duration_ms: number;
}

export interface CommandOptions {
  readonly signal?: AbortSignal | undefined;
  readonly variables?: Readonly<Record<string, string>>;
  /** Print while it runs, instead of keeping it. */
  readonly isShown?: boolean;
}

/** Runs a tool of the project to its end, with the project's Node and tools first on the path. Never throws. */
export async function runTool(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const start_ms = performance.now();
  const [program = '', ...rest] = args;
  const child = spawn(program, rest, {
    cwd: projectRoot,
    env: {
      ...process.env,
      PATH: `${projectRoot}/node_modules/.bin:${process.env['PATH']}`,
      ...colours,
      ...options.variables,
    },
    stdio: ['ignore', options.isShown ? 'inherit' : 'pipe', options.isShown ? 'inherit' : 'pipe'],
    signal: options.signal,
  });
  const streams = [child.stdout, child.stderr].map((stream) => (stream === null ? '' : text(stream)));
  try {
    const [[code], ...outputs] = await Promise.all([once(child, 'close'), ...streams]);
    return { ok: code === 0, output: outputs.join(''), duration_ms: performance.now() - start_ms };
  } catch (error) {
    return { ok: false, output: String(error), duration_ms: performance.now() - start_ms };
  }
}
