import type { Clock } from '#shared/clock/clock.ts';
import type { ConfigOf, Settings } from '#shared/config/setting.ts';
import type { Log } from '#shared/telemetry/log.ts';
import type { Telemetry } from '#shared/telemetry/telemetry.ts';
import type { Service } from './service.ts';

/** What the process gives every service. */
export interface Runtime {
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** Distinguishes this process in producer names and client ids. */
  readonly instance: string;
}

/** A service as `main.ts` and `breakwater up` run it: its settings, and how to build it on real servers. */
export interface ServiceDefinition<Declared extends Settings = Settings> {
  readonly name: string;
  /** One sentence for `--help`. */
  readonly description: string;
  readonly settings: Declared;
  readonly create: (config: ConfigOf<Declared>, runtime: Runtime) => Promise<Service>;
}
