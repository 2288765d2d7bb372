import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { applyRetention, planRetention, type RetentionPlan } from '#shared/ledger/lifecycle/retention.ts';
import { parseRetentionPolicy, recordClasses } from '#shared/ledger/lifecycle/retention-policy.ts';
import { tenantsOf } from '#shared/ledger/lifecycle/tenant-leaves.ts';
import { type LedgerFlags, ledgerOf, withLedger, withLedgerOptions } from './ledger-access.ts';

interface RetainFlags extends LedgerFlags {
  readonly tenant?: string;
  readonly policy?: string;
  readonly dryRun: boolean;
}

/** `audit retain`: what the auditor does each day, now; or what it would do. */
export function retainCommand(): Command {
  const classes = Object.keys(recordClasses).join(', ');
  return withLedgerOptions(
    new Command('retain').description(
      'erase and prune what has passed its time, as the retention policy says; legal holds prevail',
    ),
  )
    .option('-t, --tenant <name>', 'one tenant; without it all')
    .option('-p, --policy <file>', `YAML: days by tenant and class (${classes}, other); default 13 months`)
    .option('--dry-run', 'only say what would be done', false)
    .action((flags: RetainFlags) =>
      withLedger(flags, async (ports) => {
        const policy = parseRetentionPolicy(
          flags.policy === undefined ? '' : readFileSync(flags.policy, 'utf8'),
        );
        for (const tenant of flags.tenant === undefined ? tenantsOf(ledgerOf(flags)) : [flags.tenant]) {
          const plan = await planRetention(ports, policy, tenant);
          print(plan, flags.dryRun);
          if (!flags.dryRun) await applyRetention(ports, policy, plan, flags.as);
        }
      }),
    );
}

function print({ tenant, bodies, prune, held, remove }: RetentionPlan, isDryRun: boolean): void {
  const will = isDryRun ? 'would be' : 'are';
  const lines = [
    ...bodies.map(
      ({ log, record_class, indexes }) =>
        `${indexes.length} bodies of class ${record_class} in ${log} ${will} erased`,
    ),
    ...prune.map(({ log, minimum_index }) => `${log} ${will} pruned to leaf ${minimum_index}`),
    ...remove.map((log) => `pruned files of ${log} ${will} removed`),
    ...held.map(
      ({ hold, bodies: kept, logs }) => `hold ${hold} keeps ${[`${kept} bodies`, ...logs].join(', ')}`,
    ),
  ];
  for (const line of lines.length > 0 ? lines : ['nothing has passed its time'])
    console.log(`${tenant}: ${line}`);
}
