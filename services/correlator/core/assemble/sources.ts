import type { Assembly } from '../assembly.ts';
import type { Intake } from '../intake/intake.ts';
import type { Parameters } from '../parameters.ts';
import type { Population } from '../population.ts';

/** Where the things that belong to an incident are looked up. */
export interface Sources {
  readonly population: Population;
  readonly assembly: Assembly;
  readonly intake: Intake;
  readonly parameters: Parameters;
}
