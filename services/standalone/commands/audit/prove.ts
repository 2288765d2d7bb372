import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { consistencyProof, inclusionProof } from '#shared/ledger/proof.ts';
import { proofFile } from '#shared/ledger/proof-file.ts';
import { openCheckpoint } from '#shared/ledger/verify/checkpoint.ts';
import { Malformed } from '#shared/ledger/verify/malformed.ts';
import { verifyConsistency } from '#shared/ledger/verify/merkle.ts';
import { parseVerifierKey } from '#shared/ledger/verify/note.ts';
import { verifyProof } from '#shared/ledger/verify/proof.ts';
import { keyText, openLog } from './files.ts';

/** `audit prove`: a proof that stands alone, with the leaf beside it. */
export function proveCommand(): Command {
  return new Command('prove')
    .description('write the proof of one leaf (.tlog-proof) and the leaf itself (.leaf)')
    .argument('<folder>', 'the folder of one log')
    .argument('<index>', 'which leaf', Number)
    .option('-o, --output <path>', 'where to, without ending', 'leaf')
    .action((folder: string, index: number, { output }: { readonly output: string }) => {
      const { tree, checkpointText } = openLog(folder);
      writeFileSync(`${output}.tlog-proof`, proofFile(index, inclusionProof(tree, index), checkpointText));
      for (const entry of tree.entries(index, index + 1)) writeFileSync(`${output}.leaf`, entry);
      console.log(`${output}.tlog-proof and ${output}.leaf`);
    });
}

/** `audit verify-decision`: a leaf and its proof against a key, with no log at hand. */
export function verifyDecisionCommand(): Command {
  return new Command('verify-decision')
    .description('check one leaf (.leaf) and its proof (.tlog-proof) against the key that you were given')
    .argument('<path>', 'both files, without ending')
    .requiredOption('-k, --key <vkey or file>', 'verifier key of the log')
    .option('-w, --witness <vkey or file...>', 'witnesses that you trust', [])
    .action(
      (path: string, { key, witness }: { readonly key: string; readonly witness: readonly string[] }) => {
        const leaf = readFileSync(`${path}.leaf`);
        const witnesses = witness.map((each) => parseVerifierKey(keyText(each)));
        reportMalformed(() => {
          const proof = readFileSync(`${path}.tlog-proof`, 'utf8');
          const { index, origin, size, verified } = verifyProof(
            proof,
            leaf,
            parseVerifierKey(keyText(key)),
            witnesses,
          );
          console.log(`verified: leaf ${index} of the ${size} leaves of ${origin}`);
          console.log(`signed by ${verified.map((each) => each.key.name).join(', ')}`);
          console.log(leaf.toString());
        });
      },
    );
}

/** `audit consistency`: whether one checkpoint grew into another. */
export function consistencyCommand(): Command {
  return new Command('consistency')
    .description('check that a log has grown from a checkpoint that you kept')
    .argument('<checkpoint>', 'the checkpoint that you kept')
    .argument('<folder>', 'the folder of the log')
    .option('-k, --key <vkey or file>', 'verifier key of the log; without it the one beside the folder')
    .action((file: string, folder: string, { key }: { readonly key?: string }) => {
      const { directory, log, tree } = openLog(folder);
      reportMalformed(() => {
        const verifier = parseVerifierKey(keyText(key ?? join(directory, `${log}.vkey`)));
        const earlier = openCheckpoint(readFileSync(file), verifier);
        const now = openCheckpoint(readFileSync(join(folder, 'checkpoint')), verifier);
        if (earlier.size > now.size)
          throw new Malformed(`it had ${earlier.size} leaves, now it has ${now.size}`);
        const proof =
          earlier.size === 0
            ? []
            : consistencyProof(tree, earlier.size).map((digest) => Buffer.from(digest, 'binary'));
        const consistent =
          earlier.size === 0 || verifyConsistency(earlier.size, now.size, earlier.root, now.root, proof);
        if (!consistent)
          throw new Malformed('no proof leads from the one to the other: two histories were signed');
        console.log(`consistent: ${now.origin} grew from ${earlier.size} to ${now.size} leaves`);
      });
    });
}

/** What does not hold is exit status 1. */
function reportMalformed(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    console.error(`NOT VERIFIED: ${error.message}`);
    process.exitCode = 1;
  }
}
