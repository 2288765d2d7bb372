import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';

const project = join(import.meta.dirname, '../..');
const stop_ms_max = 20_000;

/** One service in a process of its own, as it is deployed. */
export class ServiceProcess {
  readonly name: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #logFile: string;
  #child: ChildProcess | undefined;

  constructor(name: string, environment: Readonly<Record<string, string>>, logFolder: string) {
    this.name = name;
    this.#environment = environment;
    this.#logFile = join(logFolder, `${name}.log`);
  }

  start(): void {
    const child = spawn(process.execPath, [join(project, 'services', this.name, 'main.ts')], {
      env: { ...process.env, ...this.#environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(this.#logFile, { flags: 'a' });
    child.stdout.pipe(log);
    child.stderr.pipe(log);
    this.#child = child;
  }

  /** SIGKILL: no chance to finish anything. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), stop_ms_max);
    await exited;
    clearTimeout(late);
  }
}
