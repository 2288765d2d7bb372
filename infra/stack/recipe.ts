import { BreakwaterError } from '#shared/errors/error.ts';
import type { Java } from './java.ts';
import type { InstallOptions } from './packages.ts';
import type { ServerCommand } from './processes.ts';
import type { ServerName, Tuning } from './server.ts';

/** What installing a server may use; `java` and `repository` are found once a start, and only when asked for. */
export interface Toolbox extends InstallOptions {
  readonly cache: string;
  readonly java: () => Promise<Java>;
  readonly repository: () => Promise<URL>;
  readonly onBytes: (done: number, total: number) => void;
}

/** Where one server of a stack lives. */
export interface Place {
  /** Its own folder: data, settings, log. Exists. */
  readonly folder: string;
  readonly log: string;
  readonly tuning: Tuning;
  /** By the names of the recipe. */
  readonly ports: Readonly<Record<string, number>>;
}

/** How one kind of server is fetched and started. */
export interface ServerRecipe {
  readonly name: ServerName;
  readonly port_names: readonly string[];
  /** As root it must run as another user. */
  readonly refusesRoot: boolean;
  readonly ready_ms_max: number;
  readonly stop_ms_max: number;
  /** Brings the program to the cache; quick when it is there. */
  install(toolbox: Toolbox): Promise<Program>;
  address(ports: Place['ports']): string;
  /** Called when the server has stopped cleanly. */
  afterStop?(place: Pick<Place, 'folder'>, cache: string): void;
}

/** JVM options that stop at the first compiler where a quick start counts. */
export function compilerOptions(tuning: Tuning): string[] {
  return tuning === 'start' ? ['-XX:TieredStopAtLevel=1'] : [];
}

/** An installed server. */
export interface Program {
  /** When known without asking the server. */
  readonly version: string | undefined;
  /** Writes the settings, prepares the data folder if it is new, and says what to run. */
  prepare(place: Place): Promise<ServerCommand>;
}

/** A port that the recipe named. */
export function portOf(ports: Place['ports'], name: string): number {
  const port = ports[name];
  if (port === undefined)
    throw new BreakwaterError('BW_STACK_START_FAILED', `no port is chosen for "${name}"`);
  return port;
}
