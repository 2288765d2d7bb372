import type { Level } from '#shared/avro/types.generated.ts';

/** The four values of `event.severity` that Elastic Security knows. */
export type Severity = 21 | 47 | 73 | 99;

/** `event.severity` of a level. */
export function severityOf(level: Level): Severity {
  switch (level) {
    case 'critical':
      return 99;
    case 'high':
      return 73;
    case 'medium':
      return 47;
    case 'low':
    case 'informational':
      return 21;
  }
}
