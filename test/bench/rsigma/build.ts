import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const sources = import.meta.dirname;

/** Whether Rust's builder is here. */
export function hasCargo(): boolean {
  return spawnSync('cargo', ['--version']).status === 0;
}

/**
 * Builds the peer, versions and checksums as in `Cargo.lock`; the path of the program. The first time takes minutes.
 *
 * @throws Error when it cannot be built, with what the builder said.
 */
export function buildPeer(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const name of ['Cargo.toml', 'src'])
    cpSync(join(sources, name), join(folder, name), { recursive: true });
  const lock = join(folder, 'Cargo.lock');
  if (!existsSync(lock)) {
    cargo(folder, ['generate-lockfile', '--ignore-rust-version']);
    writeFileSync(
      lock,
      lockedAs(readFileSync(join(sources, 'Cargo.lock'), 'utf8'), readFileSync(lock, 'utf8')),
    );
  }
  cargo(folder, ['build', '--release', '--locked', '--ignore-rust-version']);
  return join(folder, 'target/release/rsigma-race');
}

/** Our lock file names no registry: the packages come from where this machine has its packages from. */
function lockedAs(ours: string, generated: string): string {
  const source = /^source = .*$/m.exec(generated)?.[0];
  if (source === undefined) throw new Error('cargo named no source of packages');
  return ours.replaceAll(/^(checksum = .*)$/gm, `${source}\n$1`);
}

function cargo(folder: string, arguments_: readonly string[]): void {
  const { status, stderr } = spawnSync('cargo', arguments_, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`cargo ${arguments_[0]}: ${stderr.slice(-2_000)}`);
}
