/**
 * Every coded error of Breakwater. A code never changes its meaning; `docs/errors.md` is generated from this list.
 * `retriable` says whether the same call may succeed later without anyone acting; `action` is what the operator does.
 */
export const errorCodes = {
  BW_CONFIG_INVALID: {
    retriable: false,
    meaning: 'A setting is missing, unknown or out of range.',
    action: 'Correct the named setting; `--check` shows all problems at once.',
  },
  BW_AVRO_MALFORMED: {
    retriable: false,
    meaning: 'Bytes on an internal topic are not a record of a known schema.',
    action: 'Find the foreign writer by the topic, partition and offset in the dead-letter headers.',
  },
} as const satisfies Record<string, ErrorDefinition>;

/** What is written down about one code. */
export interface ErrorDefinition {
  readonly retriable: boolean;
  readonly meaning: string;
  readonly action: string;
}

export type ErrorCode = keyof typeof errorCodes;
