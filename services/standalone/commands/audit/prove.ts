import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { dataFolder } from '#shared/config/common.ts';
import { readConfig } from '#shared/config/read.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import { itemProofText, proveItem } from '#shared/ledger/batch/item-tree.ts';
import { createBodyCipher } from '#shared/ledger/bodies/body-cipher.ts';
import { BodyStore } from '#shared/ledger/bodies/body-store.ts';
import { loadOrCreateSecret } from '#shared/ledger/key-file.ts';
import { consistencyProof, inclusionProof } from '#shared/ledger/proof.ts';
import { proofFile } from '#shared/ledger/proof-file.ts';
import { openCheckpoint } from '#shared/ledger/verify/checkpoint.ts';
import { type Leaf, parseLeaf } from '#shared/ledger/records/leaf.ts';
import { rotationFolder } from '#shared/ledger/rotation/signing-keys.ts';
import { keysOfChain, readRotations } from '#shared/ledger/verify/key-chain.ts';
import { Malformed } from '#shared/ledger/verify/malformed.ts';
import { verifyConsistency } from '#shared/ledger/verify/merkle.ts';
import { parseVerifierKey } from '#shared/ledger/verify/note.ts';
import { keyText, openLog } from './files.ts';
import { bodyKeyPath } from './ledger-access.ts';
import { reportMalformed } from './report.ts';

interface ProveFlags {
  readonly output: string;
  readonly item?: number;
  readonly data: string;
}

/** `audit prove`: a proof that stands alone, with the leaf beside it; of a batch leaf, also of one item. */
export function proveCommand(): Command {
  const { dataFolder: data } = readConfig({ dataFolder }, process.env);
  return new Command('prove')
    .description('write the proof of one leaf (.tlog-proof) and the leaf itself (.leaf)')
    .argument('<folder>', 'the folder of one log')
    .argument('<index>', 'which leaf', Number)
    .option('-o, --output <path>', 'where to, without ending', 'leaf')
    .option(
      '-i, --item <position>',
      'of a batch: also the proof of this item, counted from 0 (.item-proof)',
      Number,
    )
    .option('-d, --data <folder>', 'data folder, with keys/, to open the body of a batch', data)
    .action(prove);
}

function prove(folder: string, index: number, { output, item, data }: ProveFlags): void {
  const { directory, log, tree, checkpointText, minimum_index } = openLog(folder);
  if (index < minimum_index) {
    const pruned = `Leaf ${index} is pruned; the log is kept from ${minimum_index} on`;
    throw new BreakwaterError('BW_LEDGER_NO_PROOF', pruned);
  }
  writeFileSync(`${output}.tlog-proof`, proofFile(index, inclusionProof(tree, index), checkpointText));
  const [entry = Buffer.alloc(0)] = tree.entries(index, index + 1);
  writeFileSync(`${output}.leaf`, entry);
  console.log(`${output}.tlog-proof and ${output}.leaf`);
  if (item === undefined) return;
  const body = openBody(directory, log, index, parseLeaf(entry), data);
  writeFileSync(`${output}.item-proof`, itemProofText(proveItem(body, item)));
  console.log(`${output}.item-proof`);
}

/** @throws BW_LEDGER_NO_PROOF when the batch has no body any more. */
function openBody(directory: string, log: string, index: number, leaf: Leaf, data: string): string {
  const stored = leaf.body && new BodyStore(directory, log).read(index, leaf.body.commitment);
  if (stored?.kind !== 'sealed') {
    const why = stored === undefined ? 'has no body' : 'has a body that was erased';
    throw new BreakwaterError('BW_LEDGER_NO_PROOF', `Leaf ${index} ${why}: its items cannot be proven`);
  }
  const secret = loadOrCreateSecret(bodyKeyPath({ data }));
  const { plaintext } = createBodyCipher(secret, leaf.tenant).open(stored.body);
  return bodySchema.parse(JSON.parse(plaintext.toString())).body;
}

const bodySchema = z.object({ body: z.string() });

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
