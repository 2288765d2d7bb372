import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { systemClock } from '#shared/clock/clock.ts';
import { rulesFolder } from '#shared/config/common.ts';
import { exportSettings } from '#shared/config/exports.ts';
import { readConfig } from '#shared/config/read.ts';
import { nextCustodyLine } from '#shared/ledger/export/custody.ts';
import type { Exports } from '#shared/ledger/export/exports.ts';
import { openExports } from '#shared/ledger/export/open.ts';
import type { ExportOrder, ExportRequest } from '#shared/ledger/export/request.ts';
import { type LedgerFlags, withLedger, withLedgerOptions } from './ledger-access.ts';

interface RequestFlags extends LedgerFlags {
  readonly tenant: string;
  readonly purpose: string;
  readonly from?: string;
  readonly until?: string;
  readonly type: readonly string[];
  readonly control: readonly string[];
  readonly outcome?: 'success' | 'failure' | 'unknown';
  readonly fact: readonly string[];
  readonly incident?: string;
  readonly rule?: string;
  readonly actor?: string;
  readonly subject?: string;
  readonly image?: string;
  readonly namespace?: string;
  readonly text?: string;
  readonly bodies: 'none' | 'redacted' | 'full';
  readonly remove: readonly string[];
  readonly pseudonymise: readonly string[];
  readonly output?: string;
}

/** `audit export …`: each step leaves a record in the ledger before it has an effect. */
export function exportCommand(): Command {
  const command = new Command('export').description(
    'export records of the ledger as a bundle that proves itself',
  );
  const step = (name: string, description: string): Command =>
    withLedgerOptions(command.command(name)).description(description);
  const list = (name: string, description: string): Option =>
    new Option(`${name} <value...>`, description).default([]);
  step('request', 'ask for an export; makes it at once when nobody has to approve')
    .requiredOption('-t, --tenant <name>', 'whose records')
    .requiredOption('-p, --purpose <text>', 'what for; it goes into the ledger')
    .option('--from <time>', 'first time, ISO 8601, inclusive')
    .option('--until <time>', 'last time, ISO 8601, exclusive')
    .addOption(list('--type', 'record types; `batch.*` stands for a family'))
    .addOption(list('--control', 'control ids, such as pci-dss/10.2.1 or 800-190/4.4.5'))
    .addOption(new Option('--outcome <word>', 'outcome').choices(['success', 'failure', 'unknown']))
    .addOption(list('--fact', 'facts that must have a value, name=value'))
    .option('--incident <id>', 'records about an incident, and the detections in it')
    .option('--rule <id>', 'records of one rule')
    .option('--actor <account>', 'records of what somebody did; an account, or a pseudonym as leaves have it')
    .option('--subject <entity>', 'records about something, such as pod:<uid> or user:alice')
    .option('--image <reference>', 'records about an image, by digest or by reference')
    .option('--namespace <name>', 'records about a namespace')
    .option('--text <text>', 'records that contain a text')
    .addOption(new Option('--bodies <which>', 'bodies').choices(['none', 'redacted', 'full']).default('none'))
    .addOption(list('--remove', 'fields of bodies to remove'))
    .addOption(list('--pseudonymise', 'fields of bodies to replace by pseudonyms'))
    .option('-o, --output <folder>', 'where the bundle goes; it must not exist')
    .action(request);
  step('approve', 'approve the export of somebody else')
    .argument('<id>')
    .action((id: string, flags: LedgerFlags) =>
      withExports(flags, async (exports) => describe(await exports.approve(id, flags.as))),
    );
  step('refuse', 'refuse an export')
    .argument('<id>')
    .action((id: string, flags: LedgerFlags) =>
      withExports(flags, async (exports) => describe(await exports.refuse(id, flags.as))),
    );
  step('cancel', 'end an export that is not created yet')
    .argument('<id>')
    .action((id: string, flags: LedgerFlags) =>
      withExports(flags, async (exports) => describe(await exports.cancel(id, flags.as))),
    );
  step('create', 'write the bundle of an export; goes on where an interrupted run was')
    .argument('<id>')
    .argument('<folder>', 'where the bundle goes; it must not exist')
    .action((id: string, folder: string, flags: LedgerFlags) =>
      withExports(flags, (exports) => create(exports, id, folder)),
    );
  step('hand-over', 'note that a bundle is handed to somebody, in the ledger and in its chain of custody')
    .argument('<id>')
    .argument('<folder>', 'the bundle')
    .argument('<receiver>', 'who gets it')
    .action((id: string, folder: string, receiver: string, flags: LedgerFlags) =>
      withExports(flags, async (exports) => {
        await exports.handOver(id, receiver);
        const custody = join(folder, 'custody.ndjson');
        const time = new Date(systemClock.now_ms()).toISOString();
        appendFileSync(custody, nextCustodyLine(readFileSync(custody, 'utf8'), time, receiver, 'received'));
      }),
    );
  step('list', 'all exports that were asked for').action((flags: LedgerFlags) =>
    withExports(flags, (exports) => {
      for (const each of exports.list()) describe(each);
      return Promise.resolve();
    }),
  );
  return command;
}

async function request(flags: RequestFlags): Promise<void> {
  await withExports(flags, async (exports) => {
    const asked = await exports.request(orderOf(flags));
    describe(asked);
    if (asked.needs_approval)
      console.log(`somebody else has to: breakwater audit export approve ${asked.id} --as …`);
    else if (flags.output !== undefined) await create(exports, asked.id, flags.output);
  });
}

async function create(exports: Exports, id: string, folder: string): Promise<void> {
  const { counts, witnessed, files } = await exports.create(id, folder);
  const records = Object.values(counts).reduce((total, count) => total + count, 0);
  console.log(
    `${records} records in ${Object.keys(files).length} files, ${witnessed ? 'witnessed' : 'NOT WITNESSED'}`,
  );
  console.log(`next: breakwater audit verify ${folder}`);
}

function orderOf(flags: RequestFlags): ExportOrder {
  const { from, until, outcome, incident, rule, actor, subject, image, namespace, text } = flags;
  const pairs = flags.fact.map((pair) => [
    pair.slice(0, pair.indexOf('=')),
    pair.slice(pair.indexOf('=') + 1),
  ]);
  const lists = { types: flags.type, controls: flags.control };
  const given = Object.entries(lists).filter(([, values]) => values.length > 0);
  return {
    tenant: flags.tenant,
    requester: flags.as,
    purpose: flags.purpose,
    ask: {
      from,
      until,
      outcome,
      incident,
      rule,
      actor,
      subject,
      image,
      namespace,
      text,
      ...Object.fromEntries(given),
      facts: pairs.length > 0 ? Object.fromEntries(pairs) : undefined,
    },
    bodies: flags.bodies,
    redaction: { remove: [...flags.remove], pseudonymise: [...flags.pseudonymise] },
  };
}

function describe({
  id,
  status,
  tenant,
  requester,
  approver,
  records,
  needs_approval,
  filter_asked,
}: ExportRequest): void {
  const second =
    approver === '' ? (needs_approval ? 'needs approval' : 'no approval needed') : `approved by ${approver}`;
  console.log(`${id}  ${status}  ${tenant}  ${records} records  by ${requester}, ${second}  ${filter_asked}`);
}

async function withExports(flags: LedgerFlags, use: (exports: Exports) => Promise<void>): Promise<void> {
  await withLedger(flags, async ({ directory, trail, clock }) => {
    const config = readConfig({ rulesFolder, ...exportSettings }, process.env);
    await use(openExports({ ...config, dataFolder: flags.data, directory, trail, clock }));
  });
}
