import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Command } from 'commander';
import { systemClock } from '#shared/clock/clock.ts';
import { dataFolder } from '#shared/config/common.ts';
import { readConfig } from '#shared/config/read.ts';
import { loadOrCreateSecret } from '#shared/ledger/key-file.ts';
import type { LifecyclePorts } from '#shared/ledger/lifecycle/ports.ts';
import { auditorSettings } from '../../../auditor/config.ts';
import { openTrail } from './trail.ts';

/** Where a ledger is, and who changes something about it. */
export interface LedgerFlags {
  readonly data: string;
  readonly ledger?: string;
  readonly brokers?: string;
  readonly as: string;
}

/** The options of `LedgerFlags`. */
export function withLedgerOptions(command: Command): Command {
  const { dataFolder: data } = readConfig({ dataFolder }, process.env);
  return command
    .requiredOption('--as <account>', 'who you are; it goes into the ledger')
    .option('-d, --data <folder>', 'data folder, with ledger/ and keys/', data)
    .option('--ledger <folder>', 'ledger folder, when it is not <data>/ledger')
    .option('--brokers <list>', 'Kafka, while an auditor runs; without it the ledger is opened directly');
}

export function ledgerOf({ data, ledger }: LedgerFlags): string {
  return ledger ?? join(data, 'ledger');
}

/** The file of the first signing key: where the auditor's settings say that it is. */
export function signingKeyPath({ data }: LedgerFlags): string {
  const { ledgerKeyFile } = readConfig({ ledgerKeyFile: auditorSettings.ledgerKeyFile }, process.env);
  return ledgerKeyFile ?? join(data, 'keys', 'ledger.pem');
}

/** The file of the secret that opens bodies. */
export function bodyKeyPath({ data }: Pick<LedgerFlags, 'data'>): string {
  const { bodyKeyFile } = readConfig({ bodyKeyFile: auditorSettings.bodyKeyFile }, process.env);
  return bodyKeyFile ?? join(data, 'keys', 'bodies.key');
}

/** Opens the ledger for one change to the life of its records. */
export async function withLedger(
  flags: LedgerFlags,
  use: (ports: LifecyclePorts) => Promise<void>,
): Promise<void> {
  const directory = ledgerOf(flags);
  const bodySecret = loadOrCreateSecret(bodyKeyPath(flags));
  const trail = await openTrail({
    directory,
    brokers: flags.brokers,
    signingKeyPath: signingKeyPath(flags),
    bodySecret,
    instance: randomBytes(4).toString('hex'),
  });
  try {
    await use({ directory, trail, bodySecret, clock: systemClock });
  } finally {
    await trail.close();
  }
}
