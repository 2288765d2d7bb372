import type { Format } from '#shared/event/format.ts';
import type { KnownExploited } from '../known-exploited.ts';
import { cosignFormat } from './cosign.ts';
import { createTrivyFormat } from './trivy.ts';
import { createTrivyOperatorFormat } from './trivy-operator.ts';

/** The formats of the family, in the order in which they are tried. */
export function scannerFormats(exploited: KnownExploited): readonly Format[] {
  return [createTrivyFormat(exploited), createTrivyOperatorFormat(exploited), cosignFormat];
}
