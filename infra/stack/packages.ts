import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { BreakwaterError } from '#shared/errors/error.ts';
import { isRoot } from './folders.ts';

const run = promisify(execFile);

export interface InstallOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** Told in a sentence what is about to be installed or fetched. */
  readonly onStep: (text: string) => void;
}

/** What to say when something is missing and cannot be installed. */
export interface Missing {
  readonly needs: string;
  readonly choices: string;
}

/** Finds a program, or installs the first of the Debian packages that exists. Throws `BW_STACK_TOOL_MISSING`. */
export async function ensureProgram(
  program: string,
  packages: readonly string[],
  options: InstallOptions,
  missing: Missing,
): Promise<string> {
  const found = findProgram(program, options.environment);
  if (found !== undefined) return found;
  await installFirst(packages, options, missing);
  const installed = findProgram(program, options.environment);
  if (installed === undefined) throw toolMissing(missing);
  return installed;
}

/** Full path of a program on the PATH, or in the places where Debian puts servers. */
export function findProgram(program: string, environment: NodeJS.ProcessEnv): string | undefined {
  const folders = [...(environment['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .find((file) => existsSync(file));
}

/** As root on Debian and its kin, installs the first package that has a candidate, and says so. */
export async function installFirst(
  packages: readonly string[],
  options: InstallOptions,
  missing: Missing,
): Promise<void> {
  if (!isRoot() || findProgram('apt-get', options.environment) === undefined) throw toolMissing(missing);
  const name =
    (await firstCandidate(packages)) ?? (await updateLists(options), await firstCandidate(packages));
  if (name === undefined) throw toolMissing(missing);
  options.onStep(`installing the system package ${name} with apt-get`);
  await apt(['install', '--yes', '--no-install-recommends', name], options).catch(async () => {
    // Stale lists name versions that the mirror no longer has.
    await updateLists(options);
    await apt(['install', '--yes', '--no-install-recommends', name], options);
  });
}

async function firstCandidate(packages: readonly string[]): Promise<string | undefined> {
  for (const name of packages) {
    const { stdout } = await run('apt-cache', ['policy', name]);
    if (/Candidate: (?!\(none\))/.test(stdout)) return name;
  }
  return undefined;
}

async function updateLists(options: InstallOptions): Promise<void> {
  options.onStep('updating the package lists with apt-get');
  await apt(['update'], options);
}

const output_bytes_max = 16 * 1024 * 1024;

async function apt(args: readonly string[], options: InstallOptions): Promise<void> {
  const environment = { ...options.environment, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
    env: environment,
    maxBuffer: output_bytes_max,
    ...(options.signal && { signal: options.signal }),
  });
}

export function toolMissing(missing: Missing): BreakwaterError {
  return new BreakwaterError('BW_STACK_TOOL_MISSING', `${missing.needs} ${missing.choices}`);
}
