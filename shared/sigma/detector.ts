import type { Mark } from '#shared/event/format.ts';
import type { NormalisedEvent } from '#shared/event/event.ts';

/** The seam of the rule engine: which rules match an event. Pure and bounded; swapped whole between batches on reload. */
export interface Detector {
  /** One mark per matching rule, in rule id order. */
  detect(event: NormalisedEvent): readonly Mark[];
  /** Dotted names of the fields that loaded correlation rules need on a signal. */
  readonly signal_fields: readonly string[];
}

/** Detects nothing: for services without rules and for tests. */
export const noDetector: Detector = { detect: () => [], signal_fields: [] };
