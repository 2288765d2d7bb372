import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the oracle is made of; a change may change the list of differences. */
const packages = ['pysigma==2.0.1', 'pysigma-backend-sqlite==2.1.1'] as const;
const timeout_ms = 300_000;

/** The Python of an environment that has the oracle, made when it is not there; or why there is none. */
export function oraclePython(): { readonly python: string } | { readonly missing: string } {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'breakwater', `sigma-oracle-${packages.join('-').replaceAll(/[^\w.-]/g, '_')}`);
  const python = join(folder, 'bin', 'python');
  const ready = join(folder, 'ready');
  if (existsSync(ready)) return { python };
  mkdirSync(join(cache, 'breakwater'), { recursive: true });
  const steps: readonly (readonly [string, readonly string[]])[] = [
    ['python3', ['-m', 'venv', folder]],
    [python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]],
    [python, ['-c', `import sigma.backends.sqlite; open(${JSON.stringify(ready)}, 'w').close()`]],
  ];
  for (const [command, args] of steps) {
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: timeout_ms });
    if (status !== 0)
      return { missing: error?.message ?? (stderr.trim().split('\n').at(-1) || `${command} failed`) };
  }
  return { python };
}
