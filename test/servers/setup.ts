import type { TestProject } from 'vitest/node';
import { printProgress } from '../../infra/stack/progress.ts';
import { startTestServers } from './servers.ts';

/** Vitest's global setup of the `servers` lane: brings the servers, tells the tests where they are, stops them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  requireNode24();
  const servers = await startTestServers(printProgress(process.stderr));
  process.stderr.write(`Tests run against ${servers.description}\n`);
  project.provide('servers', servers.variables);
  return () => servers.stop();
}

declare module 'vitest' {
  export interface ProvidedContext {
    servers: Readonly<Record<string, string>>;
  }
}

/** A `vitest` that is called by its path takes the system's Node. */
function requireNode24(): void {
  if (process.versions.node.startsWith('24.')) return;
  throw new Error(`Node 24 is needed, this is ${process.version}: put node_modules/.bin first on the PATH`);
}
