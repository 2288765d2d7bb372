import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { connectKafka, type KafkaPorts } from '#shared/service/connect.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { createFleet, type Fleet } from '../../services/standalone/fleet.ts';
import { allServices } from '../../services/standalone/services.ts';
import { serverAddresses } from '../servers/addresses.ts';

/** What an operator does with the ledger while the auditor runs: every command that takes --brokers, on real servers. */
const { kafka_brokers, elasticsearch_url } = serverAddresses();
const folder = mkdtempSync(join(tmpdir(), 'audit-'));
const tenant = `cli-${Date.now().toString(36)}`;
const program = join(import.meta.dirname, '../../services/standalone/main.ts');
const run = promisify(execFile);
vi.setConfig({ testTimeout: 240_000 });

let fleet: Fleet;
let isRunning = true;
let kafka: KafkaPorts;

beforeAll(async () => {
  const auditor = (await allServices()).filter(({ name }) => name === 'auditor');
  const environment = {
    KAFKA_BROKERS: kafka_brokers,
    ELASTICSEARCH_URL: elasticsearch_url,
    BREAKWATER_DATA: folder,
    BREAKWATER_SCOPE: tenant,
    BREAKWATER_NAMESPACE: `audit_${Date.now().toString(36)}`,
  };
  fleet = await createFleet(auditor, environment, () => silentLog);
  await fleet.start();
  kafka = await connectKafka('api', kafka_brokers.split(','), tenant);
  await kafka.audit.record(
    Array.from({ length: 20 }, (_, index) => ({
      tenant,
      type: 'access.read',
      time_ns: BigInt(Date.now()) * 1_000_000n,
      outcome: 'success' as const,
      facts: { route: '/v1/incidents', method: 'GET' },
      body: JSON.stringify({ reader: index % 2 === 0 ? 'alice' : 'bob' }),
    })),
  );
});
afterAll(async () => {
  await kafka.close();
  await stopAuditor();
  rmSync(folder, { recursive: true });
});

/** Once, by the test that needs it gone or at the end. */
async function stopAuditor(): Promise<void> {
  if (isRunning) await fleet.stop();
  isRunning = false;
}

/** Runs a command; what it prints. @throws when its exit status is another than 0. */
async function audit(...words: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [program, 'audit', ...words], { cwd: folder });
  return stdout;
}

/** A command that changes something, as somebody, through Kafka. */
function as(who: string, command: string, ...words: readonly string[]): Promise<string> {
  const options = ['--as', who, '--data', folder, '--brokers', kafka_brokers];
  return audit(...command.split(' '), ...words, ...options);
}

const idOf = (printed: string): string => printed.split(' ')[0] ?? '';

async function logged(type: string): Promise<readonly string[]> {
  const ledger = join(folder, 'ledger');
  const listed = existsSync(ledger) ? await audit('log', ledger) : '';
  const log = listed
    .split('\n')
    .find((line) => line.startsWith(tenant))
    ?.split(' ')[0];
  if (log === undefined) return [];
  return (await audit('log', join(ledger, log), '--type', type)).split('\n').filter((line) => line !== '');
}

it('takes the records of others meanwhile', async () => {
  await expect.poll(async () => (await logged('access.read')).length, { timeout: 60_000 }).toBe(20);
});

it('holds, and releases by two people', async () => {
  const place = ['--tenant', tenant, '--type', 'access.*', '--reason', 'case 7'];
  const hold = idOf(await as('counsel', 'hold place', ...place));
  expect(await logged('hold.placed')).toHaveLength(1);
  await expect(
    as('dpo', 'erase request', '--tenant', tenant, '--subject', 'alice', '--reason', 'asked'),
  ).rejects.toThrow('BW_LIFECYCLE_REFUSED');
  expect(await logged('erasure.refused')).toHaveLength(1);
  await as('counsel', 'hold release', hold, '--reason', 'closed');
  await expect(as('counsel', 'hold release', hold, '--reason', 'closed')).rejects.toThrow();
  await as('judge', 'hold release', hold, '--reason', 'confirmed');
  expect(await logged('hold.released')).toHaveLength(1);
  expect(await as('judge', 'hold list')).toContain(hold);
});

it('erases; what it destroyed is signed before', async () => {
  const asked = ['--tenant', tenant, '--subject', 'alice', '--reason', 'asked'];
  const id = idOf(await as('dpo', 'erase request', ...asked));
  await as('counsel', 'erase approve', id, '--reason', 'no duty to keep it');
  expect(await logged('erasure.done')).toHaveLength(1);
  expect(await audit('verify', join(folder, 'ledger'))).toMatch(/10 were erased/);
});

it('exports at once, with approval, and names who a pseudonym is', async () => {
  const order = ['--tenant', tenant, '--purpose', 'audit', '--type', 'access.*'];
  await as('carol', 'export request', ...order, '--output', 'plain');
  expect(await audit('verify', join(folder, 'plain'))).toContain('verified');
  const bodies = ['--bodies', 'redacted', '--pseudonymise', 'reader'];
  const id = idOf(await as('carol', 'export request', ...order, ...bodies));
  await expect(as('carol', 'export approve', id)).rejects.toThrow('BW_EXPORT_REFUSED');
  await as('dave', 'export approve', id);
  await as('carol', 'export create', id, 'redacted');
  await as('carol', 'export hand-over', id, 'redacted', 'auditor of the year');
  expect(await audit('verify', join(folder, 'redacted'), '--earlier', 'plain')).toContain('verified');
  expect(await logged('export.downloaded')).toHaveLength(1);
  const [pseudonym = ''] =
    /pseudonym:[\w-]+/.exec(readFileSync(join(folder, 'redacted/bodies.ndjson'), 'utf8')) ?? [];
  const who = ['--tenant', tenant, '--purpose', 'audit', '--reason', 'order of the court'];
  expect(await as('carol', 'who', pseudonym, ...who)).toBe('bob\n');
  const refused = idOf(await as('carol', 'export request', ...order, ...bodies));
  await as('dave', 'export refuse', refused);
  const cancelled = idOf(await as('carol', 'export request', ...order, ...bodies));
  await as('carol', 'export cancel', cancelled);
  expect(await as('carol', 'export list')).toContain(`${cancelled}  cancelled`);
});

it('reports an incident with the clocks of duties', async () => {
  await as('alice', 'milestone', 'INC', 'aware', '--tenant', tenant);
  expect(await as('alice', 'report', 'INC', '--tenant', tenant, '--output', 'incident')).toMatch(/nis2/i);
  expect(await audit('verify', join(folder, 'incident'))).toContain('verified');
});

it('retains and rotates while the auditor runs, which signs with the new key', async () => {
  expect(await as('records-manager', 'retain', '--tenant', tenant)).toContain('nothing has passed its time');
  await as('admin', 'rotate-key', '--tenant', tenant, '--reason', 'yearly');
  await expect.poll(async () => (await logged('key.rotated')).length, { timeout: 90_000 }).toBe(1);
  expect(await audit('verify', join(folder, 'ledger'))).toMatch(
    new RegExp(`^${tenant}-\\d{4}q\\d: verified`, 'm'),
  );
});

it('refuses while no auditor signs, and does nothing; a hold is in force all the same', async () => {
  await stopAuditor();
  const reason = ['--tenant', tenant, '--reason', 'case 8'];
  const asked = await Promise.allSettled([
    as('dpo', 'erase request', '--subject', 'bob', ...reason),
    as('carol', 'export request', '--tenant', tenant, '--purpose', 'case 8', '--output', 'never'),
  ]);
  for (const each of asked)
    expect(each).toMatchObject({ reason: { message: expect.stringContaining('BW_AUDIT_UNSIGNED') } });
  expect(existsSync(join(folder, 'never'))).toBe(false);
  expect(await as('dpo', 'erase list')).not.toContain('case 8');
  expect(await as('carol', 'export list')).not.toContain('case 8');
  await expect(as('counsel', 'hold place', ...reason)).rejects.toThrow('BW_AUDIT_UNSIGNED');
  expect(await as('counsel', 'hold list')).toContain('case 8');
});
