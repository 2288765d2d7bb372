import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { verifyItem } from '#shared/ledger/evidence/item-proof.ts';
import { parseLeaf } from '#shared/ledger/records/leaf.ts';
import { keysOfChain, readRotations } from '#shared/ledger/verify/key-chain.ts';
import { parseVerifierKey } from '#shared/ledger/verify/note.ts';
import { verifyProof } from '#shared/ledger/verify/proof.ts';
import { replayDecision } from './decision-replay.ts';
import { keyText } from './files.ts';
import { reportMalformed } from './report.ts';

interface DecisionFlags {
  readonly key: string;
  readonly witness: readonly string[];
  readonly event?: string;
  readonly rules: string;
  readonly rotations?: string;
  readonly item?: string;
}

const rulesFolder = join(import.meta.dirname, '../../../../rules');
const exit_status = { follows: 0, 'does not follow': 1, 'cannot be told': 2 } as const;

/** `audit verify-decision`: a leaf and its proof against a key, with no log at hand; then the judgement itself. */
export function verifyDecisionCommand(): Command {
  return new Command('verify-decision')
    .description('check one leaf (.leaf) and its proof (.tlog-proof); with its event, judge that again')
    .argument('<path>', 'both files, without ending')
    .requiredOption('-k, --key <vkey or file>', 'verifier key of the log')
    .option('-w, --witness <vkey or file...>', 'witnesses that you trust', [])
    .option('--rotations <folder>', 'rotations of the signing key (key-rotations of the ledger)')
    .option('-i, --item <file>', 'a record that was in the batch of this leaf (with the .item-proof)')
    .option('-e, --event <file>', 'the record as the tool wrote it, or a recorded stream that has it')
    .option('-r, --rules <folder>', 'where the text of the rule is', rulesFolder)
    .addHelpText(
      'after',
      '\nExit status: 0 proven (and, with --event, the decision follows), 1 not so, 2 it cannot be told.',
    )
    .action(async (path: string, flags: DecisionFlags) => {
      const entry = readFileSync(`${path}.leaf`);
      reportMalformed(() => checkProof(path, entry, flags));
      reportMalformed(() => checkItem(path, entry, flags.item));
      if (flags.event !== undefined && process.exitCode !== 1)
        await judgeAgain(entry, flags.event, flags.rules);
    });
}

function checkProof(path: string, entry: Buffer, { key, witness, rotations }: DecisionFlags): void {
  const log = parseVerifierKey(keyText(key));
  const others = rotations === undefined ? [] : keysOfChain(readRotations(rotations), log);
  const witnesses = witness.map((each) => parseVerifierKey(keyText(each)));
  const proof = readFileSync(`${path}.tlog-proof`, 'utf8');
  const { index, origin, size, verified } = verifyProof(proof, entry, log, witnesses, others);
  console.log(`verified: leaf ${index} of the ${size} leaves of ${origin}`);
  console.log(`signed by ${verified.map((each) => each.key.name).join(', ')}`);
  console.log(entry.toString());
}

function checkItem(path: string, entry: Buffer, file: string | undefined): void {
  if (file === undefined) return;
  const { position } = verifyItem(readFileSync(`${path}.item-proof`, 'utf8'), readFileSync(file), entry);
  console.log(`verified: ${file} is item ${position} of the batch`);
}

async function judgeAgain(entry: Buffer, event: string, rules: string): Promise<void> {
  const { verdict, why } = await replayDecision(parseLeaf(entry), event, rules);
  console.log(
    verdict === 'cannot be told'
      ? `whether the decision follows ${verdict}: ${why}`
      : `the decision ${verdict}: ${why}`,
  );
  process.exitCode = exit_status[verdict];
}
