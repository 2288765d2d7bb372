import { rmSync } from 'node:fs';
import { resetStack } from '../../infra/stack/control.ts';
import { addressVariables, type ServerName, serverNames } from '../../infra/stack/server.ts';
import { type RunningStack, startStack } from '../../infra/stack/stack.ts';
import { testFolder } from './servers.ts';

export interface OwnStack {
  readonly stack: RunningStack;
  /** Stops the servers and removes their data. */
  stop(): Promise<void>;
}

/**
 * Local servers for a drill that kills or pauses them, apart from those that the other tests share, whatever the
 * environment names.
 */
export async function startOwnStack(
  purpose: string,
  servers: readonly ServerName[] = serverNames,
): Promise<OwnStack> {
  const directory = testFolder(purpose);
  const named = new Set(Object.values(addressVariables));
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !named.has(name)));
  const stack = await startStack({ directory, servers, environment });
  const stop = async (): Promise<void> => {
    await resetStack(directory);
    rmSync(directory, { recursive: true, force: true });
  };
  return { stack, stop };
}
