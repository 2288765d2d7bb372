import { Malformed } from '../verify/malformed.ts';
import { parseVerifierKey, type VerifierKey } from '../verify/note.ts';
import { verifyProof } from '../verify/proof.ts';
import { readFile } from '../verify/tiles.ts';
import { textOf } from './bundle-files.ts';
import { parseLeafView } from './leaf-view.ts';
import type { ManifestLog } from './manifest.ts';

/**
 * The head of a log in the log of heads, which witnesses cosign: the bundle in `folder` proves that it is there, and
 * that `quorum` of `witnesses` have seen it. A bundle may do without when none must.
 * @throws Malformed when it proves something else.
 */
export function checkAnchor(
  folder: string,
  { log, size, root }: ManifestLog,
  witnesses: readonly VerifierKey[],
  quorum: number,
): void {
  const leaf = readFile(`${folder}/anchor/${log}.leaf`);
  if (leaf === undefined) {
    if (quorum > 0) throw new Malformed('is missing: no witness has seen this head');
    return;
  }
  const key = parseVerifierKey(textOf(folder, `anchor/${log}.vkey`).trim());
  const { verified } = verifyProof(textOf(folder, `anchor/${log}.tlog-proof`), leaf, key, witnesses);
  const head = parseLeafView(leaf.toString());
  const isHead =
    head?.type === 'anchor.head' && head.facts['log'] === log && head.facts['size'] === String(size);
  if (!isHead || head.facts['root'] !== root) throw new Malformed('is not the head that the manifest names');
  const cosigned = verified.filter((signature) => signature.key !== key).length;
  if (cosigned < quorum) throw new Malformed(`${cosigned} witnesses cosigned it, ${quorum} must`);
}
