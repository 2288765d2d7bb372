import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { Malformed } from '../verify/malformed.ts';
import { readFile } from '../verify/tiles.ts';
import type { Findings } from './findings.ts';
import type { Manifest } from './manifest.ts';

/** Files that the manifest cannot name: itself and what signs it. */
const unnamed = new Set([
  'manifest.json',
  'manifest.note',
  'manifest.sig',
  'manifest.sshsig',
  'manifest.tsr',
  'SHA256SUMS',
  'custody.ndjson',
]);
const chunk_bytes = 1024 * 1024;

/** A small file of a bundle. @throws Malformed when it is missing. */
export function textOf(folder: string, path: string): string {
  const bytes = readFile(`${folder}/${path}`);
  if (bytes === undefined) throw new Malformed(`${path} is missing`);
  return bytes.toString();
}

/**
 * The files of a bundle against its manifest: each that it names is there as it was, and there is no other. Tiles and
 * bundles are not named: the checkpoint proves them.
 * @throws Malformed when SHA256SUMS is missing.
 */
export function checkFiles(folder: string, { files, logs }: Manifest, findings: Findings): void {
  const present = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length + 1));
  for (const path of present) {
    const isTile = logs.some(({ log }) => path.startsWith(`tlog/${log}/tile/`));
    if (!isTile && !Object.hasOwn(files, path) && !unnamed.has(path))
      findings.report(path, 'is not in the manifest');
  }
  for (const [path, { bytes, sha256 }] of Object.entries(files)) {
    if (!present.includes(path)) findings.report(path, 'is missing');
    else if (hashFile(`${folder}/${path}`, bytes) !== sha256)
      findings.report(path, 'is not the file that the manifest names');
  }
  const sums = Object.entries(files).map(([path, { sha256 }]) => `${sha256}  ${path}\n`);
  if (textOf(folder, 'SHA256SUMS') !== sums.join(''))
    findings.report('SHA256SUMS', 'does not list what the manifest lists');
}

/** SHA-256 of a file, hex; of nothing when its length is not `bytes`. */
function hashFile(path: string, bytes: number): string {
  const digest = createHash('sha256');
  const descriptor = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(chunk_bytes);
    let total = 0;
    for (let read = readSync(descriptor, chunk); read > 0; read = readSync(descriptor, chunk)) {
      digest.update(chunk.subarray(0, read));
      total += read;
    }
    return total === bytes ? digest.digest('hex') : '';
  } finally {
    closeSync(descriptor);
  }
}
