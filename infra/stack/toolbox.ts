import { mavenRepository } from './download/maven.ts';
import { cacheFolder } from './folders.ts';
import { ensureJdk, type Java } from './java.ts';
import type { InstallOptions } from './packages.ts';
import type { Toolbox } from './recipe.ts';
import { type ProgressListener, type ServerName, serverTitles } from './server.ts';

export interface ToolboxOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}

/** Toolboxes of the servers of one start; the JDK and the repository are looked for once for all of them. */
export function toolboxes(options: ToolboxOptions): (server: ServerName) => Toolbox {
  let java: Promise<Java> | undefined;
  let repository: Promise<URL> | undefined;
  return (server) => {
    const title = serverTitles[server];
    const install: InstallOptions = {
      environment: options.environment,
      signal: options.signal,
      onStep: (text) => options.onProgress({ server, phase: 'installing', text: `${title}: ${text}` }),
    };
    return {
      ...install,
      cache: cacheFolder(options.environment),
      java: () => (java ??= ensureJdk(install)),
      repository: () => (repository ??= mavenRepository(install)),
      onBytes: (bytes_done, bytes_total) =>
        options.onProgress({
          server,
          phase: 'downloading',
          text: `fetching ${title}`,
          bytes_done,
          bytes_total,
        }),
    };
  };
}
