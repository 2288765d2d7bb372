import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyLedgerLog } from '#shared/ledger/evidence/ledger.ts';
import { verifyLog } from '#shared/ledger/verify/log.ts';

/**
 * The ledger's speed: `node test/bench/ledger.ts [leaves] [pairs]`. Appending is compared with Tessera's POSIX storage in
 * interleaved pairs on the same folder, because a single figure says more about the disk's other users than about us.
 */
const [leaves = '200000', pairs = '7'] = process.argv.slice(2);
const entry_bytes = 300;
const here = import.meta.dirname;

function main(): void {
  const tessera = buildTessera();
  const folders = [tmpdir(), '/dev/shm'].filter((folder) => existsSync(folder));
  for (const folder of folders) {
    if (tessera === undefined) printOurs(folder);
    else printPairs(folder, tessera);
  }
  printVerify(folders.at(-1) ?? tmpdir());
}

/** The path of the built program; undefined, and said so, where it cannot be built. */
function buildTessera(): string | undefined {
  const program = join(mkdtempSync(join(tmpdir(), 'tessera-')), 'tessera');
  const { status, error } = spawnSync('go', ['build', '-o', program, '.'], {
    cwd: join(here, 'tessera'),
    stdio: 'inherit',
  });
  if (error === undefined && status === 0) return program;
  print('NOT COMPARED with Tessera: Go or its modules are not at hand');
  return undefined;
}

function printPairs(folder: string, tessera: string): void {
  const ratios: number[] = [];
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let pair = 0; pair < Number(pairs); pair += 1) {
    // Who goes first alternates: the second of a pair meets a warmer disk.
    const measure = [() => ours.push(appendOurs(folder)), () => theirs.push(appendWith(tessera, folder))];
    for (const each of pair % 2 === 0 ? measure : measure.toReversed()) each();
    ratios.push((ours.at(-1) ?? 0) / (theirs.at(-1) ?? 1));
  }
  print(
    `append, ${entry_bytes} B, durable, in ${folder}: ours ${perSecond(ours)}, Tessera ${perSecond(theirs)}, ` +
      `ratio ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}, ${pairs} pairs)`,
  );
}

function printOurs(folder: string): void {
  const ours = Array.from({ length: Number(pairs) }, () => appendOurs(folder));
  print(`append, ${entry_bytes} B, durable, in ${folder}: ${perSecond(ours)}`);
}

function appendOurs(folder: string): number {
  return appendWith(process.execPath, folder, join(here, 'ledger-append.ts'));
}

function appendWith(program: string, folder: string, ...script: readonly string[]): number {
  const directory = mkdtempSync(join(folder, 'bench-'));
  try {
    const { stdout, stderr } = spawnSync(program, [...script, directory, leaves, String(entry_bytes)]);
    const rate = Number(stdout.toString());
    if (!(rate > 0)) throw new Error(`${program}: ${stderr.toString()}`);
    return rate;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function printVerify(folder: string): void {
  const directory = mkdtempSync(join(folder, 'bench-'));
  spawnSync(process.execPath, [join(here, 'ledger-append.ts'), directory, leaves, String(entry_bytes)]);
  const vkey = readFileSync(join(directory, 'bench.vkey'), 'utf8').trim();
  const rates = Array.from({ length: 5 }, () => timed(() => verifyLog(join(directory, 'bench'), vkey)));
  const withLeaves = Array.from({ length: 3 }, () => timed(() => verifyLedgerLog(directory, 'bench', vkey)));
  print(
    `verify, tree: ${perSecond(rates)}; with what leaves say (here: that they are none): ${perSecond(withLeaves)}`,
  );
  const bytes = readdirSync(join(directory, 'bench'), { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && !file.parentPath.includes('entries'))
    .reduce((total, file) => total + statSync(join(file.parentPath, file.name)).size, 0);
  print(`tree, beyond the entries: ${(bytes / Number(leaves)).toFixed(2)} B a leaf`);
  rmSync(directory, { recursive: true });
}

function timed(run: () => unknown): number {
  const started_ms = performance.now();
  run();
  return Number(leaves) / ((performance.now() - started_ms) / 1000);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function perSecond(rates: readonly number[]): string {
  return `${Math.round(median(rates)).toLocaleString('en')}/s`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main();
