import { Command } from 'commander';
import { reidentify } from '#shared/ledger/reidentify.ts';
import { type LedgerFlags, withLedger, withLedgerOptions } from './ledger-access.ts';

interface WhoFlags extends LedgerFlags {
  readonly tenant: string;
  readonly purpose?: string;
  readonly reason: string;
}

/** `audit who`: the person behind a pseudonym; that somebody asked is a leaf. */
export function whoCommand(): Command {
  return withLedgerOptions(new Command('who'))
    .description('say who a pseudonym of a leaf or an export is; that you asked goes into the ledger first')
    .argument('<pseudonym>', 'as it stands there, pseudonym:…')
    .requiredOption('-t, --tenant <name>', 'whose records')
    .requiredOption('--reason <text>', 'why you have to know')
    .option(
      '-p, --purpose <text>',
      'purpose of the export that has it; without it, a pseudonym of leaves is meant',
    )
    .action((pseudonym: string, flags: WhoFlags) =>
      withLedger(flags, async (ports) => {
        const { tenant, purpose, reason, as: who } = flags;
        const name = await reidentify(ports, { tenant, pseudonym, purpose, who, reason });
        console.log(name ?? 'nobody in the bodies that are left has this pseudonym');
        if (name === undefined) process.exitCode = 1;
      }),
    );
}
