import { expect, it } from 'vitest';
import { silentLog } from '#shared/telemetry/log.ts';
import { noTelemetry } from '#shared/telemetry/telemetry.ts';
import { reportShed } from './accounting.ts';
import type { ShardChanges } from './shard.ts';

it('tells that facts were let go of, in the log, as a metric and for the ledger', () => {
  const told: unknown[] = [];
  const nothing = { incidents: [], timeline: [], steps: [], shed: [], firings: [], suppressed: [] };
  const changes: ShardChanges = {
    scopes: [
      { scope: 'one', changes: { ...nothing, facts_shed: 7 } },
      { scope: 'two', changes: { ...nothing, facts_shed: 0 } },
    ],
    write_version: 1n,
  };
  const ports = {
    log: { ...silentLog, warn: (...said: unknown[]) => void told.push(said) },
    telemetry: { ...noTelemetry, factsShed: (facts: number) => void told.push(facts) },
  };
  expect(reportShed(changes, ports, 'tenant', 3n)).toEqual([
    {
      tenant: 'tenant',
      type: 'correlation.shed',
      time_ns: 3n,
      outcome: 'failure',
      facts: { scope: 'one', reason: 'facts_full', facts: '7' },
    },
  ]);
  expect(told).toEqual([['state shed: too many facts are held', { scope: 'one', facts: 7 }], 7]);
});
