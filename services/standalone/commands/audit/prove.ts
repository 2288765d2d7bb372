import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { consistencyProof, inclusionProof } from '#shared/ledger/proof.ts';
import { proofFile } from '#shared/ledger/proof-file.ts';
import { openCheckpoint } from '#shared/ledger/verify/checkpoint.ts';
import { rotationFolder } from '#shared/ledger/rotation/signing-keys.ts';
import { keysOfChain, readRotations } from '#shared/ledger/verify/key-chain.ts';
import { Malformed } from '#shared/ledger/verify/malformed.ts';
import { verifyConsistency } from '#shared/ledger/verify/merkle.ts';
import { parseVerifierKey } from '#shared/ledger/verify/note.ts';
import { keyText, openLog } from './files.ts';
import { reportMalformed } from './report.ts';

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
        const others = keysOfChain(readRotations(rotationFolder(directory)), verifier);
        const earlier = openCheckpoint(readFileSync(file), verifier, [], others);
        const now = openCheckpoint(readFileSync(join(folder, 'checkpoint')), verifier, [], others);
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
