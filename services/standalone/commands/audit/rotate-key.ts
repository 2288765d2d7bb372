import { Command } from 'commander';
import { leaveStep, type LifecyclePorts } from '#shared/ledger/lifecycle/ports.ts';
import { keyMaterial } from '#shared/ledger/note.ts';
import { originOf } from '#shared/ledger/origin.ts';
import { rotateKey } from '#shared/ledger/rotation/rotate.ts';
import { openKeySource } from '#shared/ledger/rotation/signing-keys.ts';
import { verifierKeyOf } from '#shared/ledger/verify/note.ts';
import {
  type LedgerFlags,
  ledgerOf,
  signingKeyPath,
  withLedger,
  withLedgerOptions,
} from './ledger-access.ts';
import { noteRotation } from './trail.ts';

interface RotateFlags extends LedgerFlags {
  readonly tenant: string;
  readonly reason: string;
  readonly overlapDays: number;
}

const day_ms = 86_400_000;

/** `audit rotate-key`: a new signing key, signed by the old one; both sign until the overlap ends. */
export function rotateKeyCommand(): Command {
  return withLedgerOptions(new Command('rotate-key').description('replace the key that signs checkpoints'))
    .requiredOption('-t, --tenant <name>', 'in whose log the order is noted')
    .requiredOption('-r, --reason <text>', 'why; it goes into the ledger')
    .option(
      '--overlap-days <days>',
      'how long the old key signs too; 0 when it is no longer to be trusted',
      Number,
      30,
    )
    .action(async (flags: RotateFlags) => {
      await withLedger(flags, (ports) => rotate(flags, ports));
      // Once the order's own log is closed again; a running auditor sees for itself.
      if (flags.brokers === undefined)
        await withLedger(flags, (ports) => noteRotation(ports, signingKeyPath(flags)));
    });
}

async function rotate(flags: RotateFlags, ports: LifecyclePorts): Promise<void> {
  const directory = ledgerOf(flags);
  const firstKey = signingKeyPath(flags);
  const keys = openKeySource(directory, firstKey);
  const operator = originOf(directory, flags.tenant);
  const now_ms = ports.clock.now_ms();
  const idOf = (material: Buffer): string => verifierKeyOf(operator, material).id;
  await leaveStep(ports, {
    tenant: flags.tenant,
    type: 'key.rotation_ordered',
    who: flags.as,
    facts: [{ old_key: idOf(keyMaterial(keys(now_ms).current)) }],
    body: { reason: flags.reason },
  });
  const overlap_ms = flags.overlapDays * day_ms;
  const { next, until_s } = await rotateKey({ directory, firstKey, keys, operator, now_ms, overlap_ms });
  console.log(`new key ${idOf(next)}; the old one signs too until ${new Date(until_s * 1000).toISOString()}`);
  console.log('give the new <log>.vkey to auditors and witnesses before then');
}
