import { Command } from 'commander';
import { BreakwaterError } from '#shared/errors/error.ts';
import { type Erasure, ErasureOrders } from '#shared/ledger/lifecycle/erasures.ts';
import { type LedgerFlags, withLedger, withLedgerOptions } from './ledger-access.ts';

interface RequestFlags extends LedgerFlags {
  readonly tenant: string;
  readonly subject?: string;
  readonly record?: readonly string[];
  readonly basis: string;
  readonly reason: string;
}

interface ReasonFlags extends LedgerFlags {
  readonly reason: string;
}

/** `audit erase …`: destroys the keys of bodies, by subject or record; leaves and proofs stay. Two people, three leaves. */
export function eraseCommand(): Command {
  const command = new Command('erase').description(
    'erase what records say of a person; the records and their proofs stay',
  );
  const step = (name: string, description: string): Command =>
    withLedgerOptions(command.command(name).description(description));
  step('request', 'ask for an erasure; somebody else approves it')
    .requiredOption('-t, --tenant <name>', 'whose records')
    .option('--subject <name>', 'everything about a person, an account or a thing (kind:value)')
    .option('--record <value...>', 'single records, <log>:<index>')
    .option('--basis <word>', 'legal basis', 'gdpr-17')
    .requiredOption('-r, --reason <text>', 'why; it goes into the ledger')
    .action((flags: RequestFlags) =>
      withOrders(flags, async (orders) => {
        const { tenant, subject = '', record = [], basis, reason, as } = flags;
        const records = record.map(placeOf);
        const asked = await orders.request({ tenant, subject, records, basis, reason, requester: as });
        print(asked);
        console.log(
          `${asked.bodies} bodies; somebody else has to: breakwater audit erase approve ${asked.id} --as …`,
        );
      }),
    );
  step('approve', 'approve the erasure that somebody else asked for: it is done at once')
    .argument('<id>')
    .requiredOption('-r, --reason <text>', 'why it may be done; it goes into the ledger')
    .action((id: string, flags: ReasonFlags) =>
      withOrders(flags, async (orders) => {
        const done = await orders.approve(id, flags.as, flags.reason);
        print(done);
        console.log(`${done.bodies} bodies erased; their leaves and proofs stay`);
      }),
    );
  step('refuse', 'refuse an erasure')
    .argument('<id>')
    .requiredOption('-r, --reason <text>', 'why; it goes into the ledger')
    .action((id: string, flags: ReasonFlags) =>
      withOrders(flags, async (orders) => print(await orders.refuse(id, flags.as, flags.reason))),
    );
  step('list', 'all erasures that were asked for').action((flags: LedgerFlags) =>
    withOrders(flags, (orders) => {
      for (const each of orders.list()) print(each);
      return Promise.resolve();
    }),
  );
  return command;
}

function withOrders(flags: LedgerFlags, use: (orders: ErasureOrders) => Promise<void>): Promise<void> {
  return withLedger(flags, async (ports) => {
    const orders = new ErasureOrders(ports);
    await orders.resume();
    await use(orders);
  });
}

function placeOf(text: string): { readonly log: string; readonly index: number } {
  const [, log = '', index = ''] = /^(.+):(\d{1,15})$/.exec(text) ?? [];
  if (log === '') throw new BreakwaterError('BW_LIFECYCLE_REFUSED', `${text} is not <log>:<index>`);
  return { log, index: Number(index) };
}

function print({ id, status, tenant, requester, approver, basis, reason }: Erasure): void {
  const second = approver === '' ? '' : `, then ${approver}`;
  console.log(`${id}  ${status}  ${tenant}  ${basis}  by ${requester}${second}: ${reason}`);
}
