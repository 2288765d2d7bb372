import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { rulesFolder } from '#shared/config/common.ts';
import { exportSettings } from '#shared/config/exports.ts';
import { readConfig } from '#shared/config/read.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import { openExports } from '#shared/ledger/export/open.ts';
import { milestones, milestoneSchema, regimes } from '#shared/ledger/incident/milestones.ts';
import { recordMilestone } from '#shared/ledger/incident/record-milestone.ts';
import { type LedgerFlags, withLedger, withLedgerOptions } from './ledger-access.ts';

interface ReportFlags extends LedgerFlags {
  readonly tenant: string;
  readonly purpose: string;
  readonly output: string;
}

interface MilestoneFlags extends LedgerFlags {
  readonly tenant: string;
  readonly regime?: string;
  readonly at?: string;
  readonly note?: string;
}

/** `audit report`: all that the ledger has of one incident, with its proofs and the clocks of reporting duties. */
export function incidentReportCommand(): Command {
  return withLedgerOptions(new Command('report'))
    .description(
      'export what the ledger has of one incident, with a report: facts, proofs, clocks of NIS2, DORA and GDPR',
    )
    .argument('<incident>', 'id of the incident')
    .requiredOption('-t, --tenant <name>', 'whose incident')
    .option('-p, --purpose <text>', 'what for; it goes into the ledger', 'incident report')
    .requiredOption('-o, --output <folder>', 'where the bundle goes; it must not exist')
    .action(report);
}

/** `audit milestone`: what starts and stops those clocks. */
export function milestoneCommand(): Command {
  return withLedgerOptions(new Command('milestone'))
    .description(
      'record when the organisation became aware of an incident, classified it, or sent a report of it',
    )
    .argument('<incident>', 'id of the incident')
    .argument('<milestone>', milestones.join(', '))
    .requiredOption('-t, --tenant <name>', 'whose incident')
    .addOption(new Option('--regime <law>', 'under which law it was sent').choices(regimes))
    .option('--at <time>', 'when it was, ISO 8601; now by default')
    .option('--note <text>', 'for people; it is kept in the encrypted body')
    .action(milestone);
}

async function report(incident: string, flags: ReportFlags): Promise<void> {
  const { tenant, purpose, output, as: requester } = flags;
  await withLedger(flags, async ({ directory, trail, clock }) => {
    const config = readConfig({ rulesFolder, ...exportSettings }, process.env);
    const exports = openExports({ ...config, dataFolder: flags.data, directory, trail, clock });
    const { id } = await exports.request({ tenant, requester, purpose, ask: { incident }, report: true });
    await exports.create(id, output);
  });
  for (const line of clockLines(output)) console.log(line);
  console.log(`next: breakwater audit verify ${output}, and look at ${join(output, 'incident-report.html')}`);
}

const shownReport = z.object({
  facts: z.array(z.unknown()),
  unknown: z.array(z.string()),
  clocks: z.array(
    z.object({ regime: z.string(), duty: z.string(), due: z.string().optional(), state: z.string() }),
  ),
});

function clockLines(folder: string): string[] {
  const { facts, clocks, unknown } = shownReport.parse(
    JSON.parse(readFileSync(join(folder, 'incident-report.json'), 'utf8')),
  );
  return [
    `${facts.length} facts, each a leaf with its proof`,
    ...clocks.map(({ regime, duty, due = 'not known', state }) => `${regime}  ${duty}: due ${due}, ${state}`),
    ...unknown.map((each) => `not known: ${each}`),
  ];
}

async function milestone(incident: string, name: string, flags: MilestoneFlags): Promise<void> {
  const { regime, at, note } = flags;
  const { data: order, error } = milestoneSchema.safeParse({ milestone: name, regime, at, note });
  if (order === undefined) throw new BreakwaterError('BW_CONFIG_INVALID', z.prettifyError(error));
  await withLedger(flags, (ports) => recordMilestone(ports, flags.tenant, incident, order, flags.as));
  console.log(`recorded: ${[order.regime, order.milestone].filter(Boolean).join(' ')}`);
}
