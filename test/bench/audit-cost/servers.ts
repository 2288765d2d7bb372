import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectStream } from '#shared/service/connect.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import { resetStack } from '../../../infra/stack/control.ts';
import { startStack } from '../../../infra/stack/stack.ts';
import { readState } from '../../../infra/stack/state.ts';
import { settle } from '../../../services/standalone/demo/settle.ts';
import { createFleet, type Fleet } from '../../../services/standalone/fleet.ts';
import { allServices } from '../../../services/standalone/services.ts';
import { serveTurns } from './turns.ts';

/**
 * All services in one process on a Kafka, an Elasticsearch and a Redis of their own; a process that `audit-cost.ts`
 * starts twice. Arguments: stream, `audited` or `unaudited`.
 */
const [file = '', mode = ''] = process.argv.slice(2);
const isAudited = mode === 'audited';

const send_records_max = 1_000;
/** A look costs a request to Kafka for each service, which is measured too. */
const settling = { poll_interval_ms: 100, deadline_ms: 120_000 };
/** Linux counts the time of other processes in hundredths of a second. */
const tick_us = 10_000;

const folder = mkdtempSync(join(tmpdir(), `audit-cost-${mode}-`));
const stack = await startStack({ directory: folder, tuning: 'throughput' });
const environment = {
  ...stack.variables,
  BREAKWATER_DATA: folder,
  BREAKWATER_NAMESPACE: 'bench',
  BREAKWATER_GATEWAY_PORT: '0',
  BREAKWATER_GATEWAY_TOKENS: 'default=only-for-this-measurement',
  BREAKWATER_API_PORT: '0',
  BREAKWATER_API_TOKENS: 'bench=only-for-this-measurement',
};
const services = (await allServices()).filter(({ name }) => isAudited || name !== 'auditor');
const fleet = await createFleet(services, environment, () => silentLog);
await fleet.start();
const stream = await connectStream({ brokers: stack.kafka.brokers.split(','), client_id: 'bench' });
const writer = stream.writer();

/** What turns records into documents and incidents: all that waits for nobody but the auditor's leaves. */
const pipeline: Pick<Fleet, 'lags' | 'failed'> = {
  failed: fleet.failed,
  lags: async () => new Map([...(await fleet.lags())].filter(([name]) => name !== 'auditor')),
};

/** User and system time of a process that is not ours to ask. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tick_us;
}

await serveTurns(
  {
    turn_records: 10_000,
    async process(records) {
      for (let at = 0; at < records.length; at += send_records_max) {
        await writer.send(records.slice(at, at + send_records_max));
      }
      const through_ms = await settle(pipeline, settling);
      await settle(fleet, settling);
      return through_ms;
    },
    cpu_us() {
      const { user, system } = process.cpuUsage();
      const servers = Object.values(readState(folder)).map(({ pid }) => cpuOf(pid));
      return user + system + servers.reduce((sum, cpu) => sum + cpu, 0);
    },
    async close() {
      await writer.close();
      await stream.close();
      await fleet.stop();
      await resetStack(folder);
      rmSync(folder, { recursive: true });
    },
  },
  file,
);
