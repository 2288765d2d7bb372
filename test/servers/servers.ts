import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { resetStack } from '../../infra/stack/control.ts';
import { startOf } from '../../infra/stack/processes.ts';
import { type ProgressListener, shownAddress, type Tuning } from '../../infra/stack/server.ts';
import { startStack } from '../../infra/stack/stack.ts';
import { haveContainers, startContainers } from './containers.ts';

/** Healthy servers for a test run. */
export interface TestServers {
  /** `KAFKA_BROKERS`, `ELASTICSEARCH_URL`, `REDIS_URL`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Which servers these are, in one line. */
  readonly description: string;
  stop(): Promise<void>;
}

const base = join(import.meta.dirname, '../../.breakwater');
const prefix = 'test-';

/**
 * Servers that tests may fill and hurt: those that the environment names, else containers where Docker has the images,
 * else the local stack in a folder of its own, which is removed at the end. To measure, ask for `throughput`. Throws `BW_STACK_*` when there are none.
 */
export async function startTestServers(
  onProgress: ProgressListener,
  signal?: AbortSignal,
  tuning: Tuning = 'start',
): Promise<TestServers> {
  const isNamed = ['KAFKA_BROKERS', 'ELASTICSEARCH_URL', 'REDIS_URL'].some((name) => process.env[name]);
  if (!isNamed && (await haveContainers())) return startContainers();
  await removeForgotten();
  const directory = testFolder('run');
  const remove = async (): Promise<void> => {
    await resetStack(directory);
    rmSync(directory, { recursive: true });
  };
  const stack = await startStack({ directory, onProgress, tuning, ...(signal && { signal }) }).catch(
    async (error: unknown) => {
      await remove();
      throw error;
    },
  );
  const list = stack.servers.map(
    ({ name, version, address, origin }) => `${name} ${version} at ${shownAddress(address)} (${origin})`,
  );
  return { variables: stack.variables, description: list.toSorted().join(', '), stop: remove };
}

/** A folder for a stack of this process; `purpose` tells several apart. */
export function testFolder(purpose: string): string {
  return join(base, `${prefix}${process.pid}-${purpose}`);
}

/** A run that was killed leaves its folder; its servers ended with it. */
async function removeForgotten(): Promise<void> {
  const names = existsSync(base) ? readdirSync(base) : [];
  for (const name of names.filter((one) => one.startsWith(prefix))) {
    if (startOf(Number(name.split('-')[1])) !== undefined) continue;
    await resetStack(join(base, name));
    rmSync(join(base, name), { recursive: true });
  }
}
