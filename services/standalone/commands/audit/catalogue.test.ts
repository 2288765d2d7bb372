import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { leavesOfLog } from '#shared/ledger/lifecycle/tenant-leaves.ts';
import { LedgerWorld } from './testing/ledger-world.ts';

/** The catalogue of the version that runs. */
let current = '';
vi.mock('#shared/ledger/records/catalogue.ts', async (original) => ({
  ...(await original<object>()),
  catalogueHash: () => current,
}));

let world: LedgerWorld;
beforeEach(async () => {
  current = '11'.repeat(32);
  world = new LedgerWorld();
  await world.open();
});
afterEach(() => world.remove());

async function changes(log: string): Promise<Readonly<Record<string, string>>[]> {
  const found: Readonly<Record<string, string>>[] = [];
  for await (const { leaf } of leavesOfLog(world.directory, log))
    if (leaf.type === 'catalogue.changed') found.push(leaf.facts);
  return found;
}

test('a version with other types of records says so once, in each log that it goes on with', async () => {
  await world.reopen();
  expect(await changes('acme-2026q1')).toEqual([]);
  current = '22'.repeat(32);
  await world.reopen();
  await world.reopen();
  await world.log.publish();
  const change = { name: 'records', sha256: current, previous_sha256: '11'.repeat(32) };
  expect(await changes('acme-2026q1')).toEqual([change]);
  await world.nextQuarter();
  expect(await changes('acme-2026q2')).toEqual([]);
  expect(world.verify()).toEqual([]);
});
