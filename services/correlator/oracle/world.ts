import type { Parameters } from '../core/parameters.ts';
import type { Statement } from './identity.ts';
import type { Counts } from './links.ts';
import type { admit, Resolved } from './signals.ts';

/** Everything that is known of a scope. */
export interface World {
  readonly scope: string;
  readonly all: readonly Resolved[];
  readonly bridges: readonly Resolved[];
  readonly facts: readonly Statement[];
  readonly counts: Counts;
  readonly parameters: Parameters;
  readonly cuts: ReturnType<typeof admit>['cuts'];
}
