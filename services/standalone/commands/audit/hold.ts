import { Command } from 'commander';
import type { HoldScope } from '#shared/ledger/evidence/hold-scope.ts';
import { type Hold, Holds } from '#shared/ledger/lifecycle/holds.ts';
import { subjectInLeaves } from '#shared/ledger/lifecycle/subject.ts';
import { type LedgerFlags, withLedger, withLedgerOptions } from './ledger-access.ts';

interface PlaceFlags extends LedgerFlags {
  readonly tenant: string;
  readonly reason: string;
  readonly log?: string;
  readonly from?: string;
  readonly until?: string;
  readonly type?: readonly string[];
  readonly incident?: string;
  readonly subject?: string;
}

interface ReasonFlags extends LedgerFlags {
  readonly reason: string;
}

/** `audit hold …`: legal holds. What they cover is not erased, nor pruned; two people release one. */
export function holdCommand(): Command {
  const command = new Command('hold').description('keep records from erasure, retention and pruning');
  const step = (name: string, description: string): Command =>
    withLedgerOptions(command.command(name).description(description));
  step('place', 'hold all records of a tenant, or those that the options describe')
    .requiredOption('-t, --tenant <name>', 'whose records')
    .requiredOption('-r, --reason <text>', 'why; it goes into the ledger')
    .option('--log <name>', 'one log')
    .option('--from <time>', 'first time, ISO 8601, inclusive')
    .option('--until <time>', 'last time, ISO 8601, exclusive')
    .option('--type <value...>', 'record types; `access.*` stands for a family')
    .option('--incident <id>', 'records of one incident')
    .option('--subject <name>', 'records about a person, an account or a thing (kind:value)')
    .action((flags: PlaceFlags) =>
      withLedger(flags, async (ports) => {
        const scope = scopeOf(flags, (name) => subjectInLeaves(ports.bodySecret, flags.tenant, name));
        const { tenant, reason } = flags;
        print(await new Holds(ports).place({ tenant, reason, scope, owner: flags.as }));
      }),
    );
  step('release', 'ask for the release of a hold, or agree to it when somebody else has asked')
    .argument('<id>')
    .requiredOption('-r, --reason <text>', 'why; it goes into the ledger')
    .action((id: string, flags: ReasonFlags) =>
      withLedger(flags, async (ports) => {
        const holds = new Holds(ports);
        const isAsked = holds.list().some((hold) => hold.id === id && hold.status === 'release asked');
        print(await holds[isAsked ? 'release' : 'askRelease'](id, flags.as, flags.reason));
        if (!isAsked) console.log(`somebody else has to: breakwater audit hold release ${id} --as …`);
      }),
    );
  step('list', 'all holds that there ever were').action((flags: LedgerFlags) =>
    withLedger(flags, (ports) => {
      for (const hold of new Holds(ports).list()) print(hold);
      return Promise.resolve();
    }),
  );
  return command;
}

function scopeOf(flags: PlaceFlags, subject: (name: string) => string): HoldScope {
  return {
    log: flags.log,
    from_us: microseconds(flags.from),
    until_us: microseconds(flags.until),
    held_types: flags.type?.join(' '),
    held_incident: flags.incident,
    held_subject: flags.subject === undefined ? undefined : subject(flags.subject),
  };
}

function microseconds(iso: string | undefined): string | undefined {
  return iso === undefined ? undefined : String(BigInt(Date.parse(iso)) * 1000n);
}

function print({ id, status, tenant, owner, reason, scope }: Hold): void {
  console.log(`${id}  ${status}  ${tenant}  by ${owner}: ${reason}  ${JSON.stringify(scope)}`);
}
