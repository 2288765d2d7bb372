import type { Checkpoint, OpenedCheckpoint } from '../verify/checkpoint.ts';
import type { Finding } from '../verify/log.ts';
import { Malformed } from '../verify/malformed.ts';
import { openNote, parseVerifierKey, type VerifierKey } from '../verify/note.ts';
import { checkAnchor } from './bundle-anchor.ts';
import { checkFiles, textOf } from './bundle-files.ts';
import { BundleLeaves } from './bundle-leaves.ts';
import { Listings } from './bundle-listings.ts';
import { type BundleLogReport, checkLog } from './bundle-log.ts';
import { checkCustody } from './custody.ts';
import { Findings } from './findings.ts';
import { type Manifest, parseManifest } from './manifest.ts';

export interface BundleOptions {
  /** The export key that the reader trusts; without it the one in the bundle is used. */
  readonly exportKey?: string;
  /** Keys of logs that the reader trusts, by log; without it those in the bundle are used. */
  readonly logKeys?: ReadonlyMap<string, string>;
  /** Witnesses that the reader trusts, and how many of them must have cosigned the anchor of each log. */
  readonly witnesses?: readonly VerifierKey[];
  readonly quorum?: number;
  /** Checkpoints of earlier exports, by origin: each log must have grown from them. */
  readonly earlier?: readonly Checkpoint[];
}

export interface BundleReport {
  readonly manifest: Manifest | undefined;
  readonly checkpoints: readonly OpenedCheckpoint[];
  readonly findings: readonly Finding[];
  /** Losses that the logs themselves tell of. */
  readonly losses: readonly string[];
}

/**
 * Checks an export on its own: signatures, every file, every leaf of the range against the signed tree, the filter
 * applied again to each of them, and that each format shows exactly the leaves that match.
 * @throws Malformed when SHA256SUMS or the header of a listing is missing: then the rest cannot be checked.
 */
export function verifyBundle(folder: string, options: BundleOptions = {}): BundleReport {
  const { witnesses = [], quorum = 0 } = options;
  const findings = new Findings();
  const manifest = findings.attempt('manifest.json', () => readManifest(folder, options.exportKey));
  if (manifest === undefined) return { manifest, checkpoints: [], findings: findings.all, losses: [] };
  checkFiles(folder, manifest, findings);
  findings.attempt('custody.ndjson', () =>
    checkCustody(textOf(folder, 'custody.ndjson'), textOf(folder, 'manifest.json')),
  );
  for (const named of manifest.logs)
    findings.attempt(`anchor/${named.log}`, () => checkAnchor(folder, named, witnesses, quorum));
  const logs = checkLogs(folder, manifest, options, findings);
  return {
    manifest,
    checkpoints: logs.map(({ checkpoint }) => checkpoint),
    findings: findings.all,
    losses: logs.flatMap(({ losses }) => losses),
  };
}

function readManifest(folder: string, trusted: string | undefined): Manifest {
  const text = textOf(folder, 'manifest.json');
  const key = parseVerifierKey(trusted ?? textOf(folder, 'keys/export.vkey').trim());
  const note = openNote(Buffer.from(textOf(folder, 'manifest.note')), [key]);
  if (note.text !== text) throw new Malformed('is not the text that manifest.note signs');
  return parseManifest(text);
}

/** The logs whose signature could be read. */
function checkLogs(
  folder: string,
  manifest: Manifest,
  { logKeys, earlier = [] }: BundleOptions,
  findings: Findings,
): readonly BundleLogReport[] {
  const listings = Listings.open(folder, findings);
  if (listings === undefined) return [];
  const leaves = new BundleLeaves(manifest, listings, findings);
  const logs = manifest.logs.flatMap((named) => {
    const known = { vkey: logKeys?.get(named.log), earlier };
    const report = checkLog(folder, named, known, findings, (index, entry, leaf_hash) =>
      leaves.check(named.log, index, entry, leaf_hash),
    );
    return report ?? [];
  });
  leaves.end();
  return logs;
}
