import { join } from 'node:path';
import { listLogs } from '../evidence/ledger.ts';
import { anchorPrefix, parseLogName } from '../log-name.ts';
import { inclusionProof, TreeReader } from '../proof.ts';
import { proofFile } from '../proof-file.ts';
import { parseLeaf } from '../records/leaf.ts';
import { parseCheckpointText } from '../verify/checkpoint.ts';
import { splitNote } from '../verify/note.ts';
import { readIfPresent } from '../writer/files.ts';

export interface AnchorProof {
  /** The exact bytes of the leaf. */
  readonly leaf: Buffer;
  /** A `.tlog-proof` with the anchor's checkpoint. */
  readonly proof: string;
  readonly vkey: Buffer;
  /** Whether others than the log itself signed that checkpoint; who they are is for the reader to judge. */
  readonly cosigned: boolean;
}

/** Leaves looked at from the end of the anchor log. */
const leaves_searched_max = 100_000;

/** The leaf of the anchor log that holds the head of `log` at `size`, newest first; undefined when there is none. */
export function findAnchor(directory: string, log: string, size: number): AnchorProof | undefined {
  const anchors = listLogs(directory).filter((name) => parseLogName(name)?.prefix === anchorPrefix);
  for (const anchor of anchors.toReversed()) {
    const checkpoint = readIfPresent(join(directory, anchor, 'checkpoint'));
    if (checkpoint === undefined) continue;
    const { text, signatures } = splitNote(checkpoint);
    const tree = new TreeReader(join(directory, anchor), parseCheckpointText(text).size);
    const first = Math.max(0, tree.size - leaves_searched_max);
    let [index, found] = [first, -1];
    let leaf = Buffer.alloc(0);
    for (const entry of tree.entries(first, tree.size)) {
      const { type, facts } = parseLeaf(entry);
      if (type === 'anchor.head' && facts['log'] === log && facts['size'] === String(size)) {
        found = index;
        leaf = Buffer.from(entry);
      }
      index += 1;
    }
    if (found < 0) continue;
    const proof = proofFile(found, inclusionProof(tree, found), checkpoint.toString());
    const vkey = readIfPresent(join(directory, `${anchor}.vkey`)) ?? Buffer.alloc(0);
    return { leaf, proof, vkey, cosigned: signatures.length > 1 };
  }
  return undefined;
}
