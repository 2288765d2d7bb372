import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { verifyLedgerLog } from '#shared/ledger/evidence/ledger.ts';
import { createNoteSigner } from '#shared/ledger/note.ts';
import { verifyLog } from '#shared/ledger/verify/log.ts';
import { LogWriter } from '#shared/ledger/writer/log-writer.ts';
import { leafAt } from './ledger-leaves.ts';

/**
 * The ledger's speed: `node test/bench/ledger.ts [leaves] [pairs] [folder...]`. Appending is compared with Tessera's POSIX storage in
 * interleaved pairs on the same folder, because a single figure says more about the disk's other users than about us.
 */
const [leaves = '400000', pairs = '7', ...asked] = process.argv.slice(2);
const entry_bytes = 300;
const batch_leaves = 4_096;
/** Leaves of each log before it counts, ours and Tessera's: a writer runs for months, and is compiled once. */
const leaves_unmeasured = 100_000;
const here = import.meta.dirname;

async function main(): Promise<void> {
  const tessera = Number(pairs) > 0 ? buildTessera() : undefined;
  const folders = (asked.length > 0 ? asked : [tmpdir(), '/dev/shm']).filter(existsSync);
  for (const folder of folders) {
    if (Number(pairs) === 0) continue;
    if (tessera === undefined) printOurs(folder);
    else printPairs(folder, tessera);
  }
  if (tessera !== undefined) rmSync(dirname(tessera), { recursive: true });
  await printVerify(folders.at(-1) ?? tmpdir());
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
  const [ours, theirs]: [Appended[], Appended[]] = [[], []];
  for (let pair = 0; pair < Number(pairs); pair += 1) {
    // Who goes first alternates: the second of a pair meets a warmer disk.
    const measure = [() => ours.push(appendOurs(folder)), () => theirs.push(appendWith(tessera, folder))];
    for (const each of pair % 2 === 0 ? measure : measure.toReversed()) each();
  }
  print(
    `append, ${entry_bytes} B, durable, in ${folder}, ${pairs} pairs: ` +
      `ours ${perSecond(ours.map(({ per_second }) => per_second))}, ` +
      `Tessera ${perSecond(theirs.map(({ per_second }) => per_second))}, ` +
      `${ratio(ours, theirs, (our, their) => our.per_second / their.per_second)}; ` +
      `CPU of a leaf ${cpu(ours)}, Tessera ${cpu(theirs)}, ` +
      `${ratio(ours, theirs, (our, their) => their.cpu_us / our.cpu_us)}`,
  );
}

/** The median over the pairs, and the range. */
function ratio(
  ours: readonly Appended[],
  theirs: readonly Appended[],
  of: (our: Appended, their: Appended) => number,
): string {
  const ratios = ours.flatMap((our, pair) => {
    const their = theirs[pair];
    return their === undefined ? [] : [of(our, their)];
  });
  const range = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
  return `ratio ${median(ratios).toFixed(2)} (${range})`;
}

function cpu(runs: readonly Appended[]): string {
  return `${median(runs.map(({ cpu_us }) => cpu_us)).toFixed(2)} µs`;
}

function printOurs(folder: string): void {
  const ours = Array.from({ length: Number(pairs) }, () => appendOurs(folder).per_second);
  print(`append, ${entry_bytes} B, durable, in ${folder}: ${perSecond(ours)}`);
}

interface Appended {
  readonly per_second: number;
  readonly cpu_us: number;
}

function appendOurs(folder: string): Appended {
  return appendWith(process.execPath, folder, join(here, 'ledger-append.ts'));
}

function appendWith(program: string, folder: string, ...script: readonly string[]): Appended {
  const directory = mkdtempSync(join(folder, 'bench-'));
  try {
    const { stdout, stderr } = spawnSync(program, [
      ...script,
      directory,
      leaves,
      String(entry_bytes),
      String(leaves_unmeasured),
    ]);
    const [per_second = 0, cpu_us = 0] = stdout.toString().split(' ').map(Number);
    if (!(per_second > 0 && cpu_us > 0)) throw new Error(`${program}: ${stderr.toString()}`);
    return { per_second, cpu_us };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Verifying a log whose leaves are records: files read, every entry and tile hashed, the signature, every leaf checked. */
async function printVerify(folder: string): Promise<void> {
  const directory = mkdtempSync(join(folder, 'bench-'));
  const { vkey, bytes } = await writeRecords(directory);
  const tree = Array.from({ length: 5 }, () => timed(() => verifyLog(join(directory, 'bench'), vkey)));
  const whole = Array.from({ length: 5 }, () => timed(() => verifyIntact(directory, vkey)));
  print(
    `verify ${leaves} leaves of ${Math.round(bytes / Number(leaves))} B on one core: tree ${rates(tree)}, ` +
      `tree and what the leaves say ${rates(whole)}`,
  );
  const tree_bytes = readdirSync(join(directory, 'bench'), { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && !file.parentPath.includes('entries'))
    .reduce((total, file) => total + statSync(join(file.parentPath, file.name)).size, 0);
  print(`tree, beyond the entries: ${(tree_bytes / Number(leaves)).toFixed(2)} B a leaf`);
  rmSync(directory, { recursive: true });
}

async function writeRecords(directory: string): Promise<{ readonly vkey: string; readonly bytes: number }> {
  const signer = createNoteSigner('bench.example/bench', generateKeyPairSync('ed25519').privateKey);
  const writer = await LogWriter.open({ directory, log: 'bench', signer });
  let bytes = 0;
  for (let first = 0; first < Number(leaves); first += batch_leaves) {
    const count = Math.min(batch_leaves, Number(leaves) - first);
    const entries = Array.from({ length: count }, (_, offset) => leafAt('bench', first + offset));
    bytes += entries.reduce((total, entry) => total + entry.length, 0);
    await writer.append(entries, '');
  }
  await writer.publish();
  await writer.close();
  return { vkey: signer.vkey, bytes };
}

function verifyIntact(directory: string, vkey: string): void {
  const { findings } = verifyLedgerLog(directory, 'bench', vkey);
  if (findings.length > 0) throw new Error(`An intact log has findings: ${JSON.stringify(findings[0])}`);
}

/** Leaves a second, and leaves a second of CPU time, which does not depend on who else uses the core. */
interface Timed {
  readonly per_second: number;
  readonly per_cpu_second: number;
}

function timed(run: () => unknown): Timed {
  const cpu_before = process.cpuUsage();
  const started_ms = performance.now();
  run();
  const seconds = (performance.now() - started_ms) / 1000;
  const { user, system } = process.cpuUsage(cpu_before);
  return { per_second: Number(leaves) / seconds, per_cpu_second: (Number(leaves) * 1e6) / (user + system) };
}

function rates(runs: readonly Timed[]): string {
  const wall = perSecond(runs.map(({ per_second }) => per_second));
  return `${wall} (${perSecond(runs.map(({ per_cpu_second }) => per_cpu_second))} of CPU time)`;
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

await main();
