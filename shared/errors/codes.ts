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
  BW_AVRO_INVALID: {
    retriable: false,
    meaning: 'A service tried to write a record that does not fit its schema.',
    action: 'A defect: report it with the named fields; the input is in the dead-letter topic.',
  },
  BW_AVRO_MALFORMED: {
    retriable: false,
    meaning: 'Bytes on an internal topic are not a record of a known schema.',
    action: 'Find the foreign writer by the topic, partition and offset in the dead-letter headers.',
  },
  BW_STACK_TOOL_MISSING: {
    retriable: false,
    meaning: 'A local server cannot be started because a program it needs is not on this computer.',
    action: 'Install what the message names, or point KAFKA_BROKERS, ELASTICSEARCH_URL or REDIS_URL to your own.',
  },
  BW_STACK_DOWNLOAD_FAILED: {
    retriable: true,
    meaning: 'A file of the local servers could not be fetched from the Maven repository or the package index.',
    action: 'Check the network, the Maven mirror or BREAKWATER_MAVEN_URL, and start again: it resumes.',
  },
  BW_STACK_DIGEST_MISMATCH: {
    retriable: false,
    meaning: 'A downloaded file is not the one that this version of Breakwater was tested with.',
    action: 'Distrust the mirror that served it; nothing of that file was used.',
  },
  BW_STACK_START_FAILED: {
    retriable: false,
    meaning: 'A local server stopped, or did not become healthy in time, while it was starting.',
    action: 'Read the log that the message names; `breakwater stack reset` starts with empty data.',
  },
  BW_STACK_UNREACHABLE: {
    retriable: true,
    meaning: 'A server that KAFKA_BROKERS, ELASTICSEARCH_URL or REDIS_URL names does not answer.',
    action: 'Start that server or correct the variable; unset it to use a local server.',
  },
  BW_STACK_BUSY: {
    retriable: true,
    meaning: 'Another process holds the lock of this data folder or of the download cache.',
    action: 'Wait for the process that the message names, or stop it.',
  },
} as const satisfies Record<string, ErrorDefinition>;

/** What is written down about one code. */
export interface ErrorDefinition {
  readonly retriable: boolean;
  readonly meaning: string;
  readonly action: string;
}

export type ErrorCode = keyof typeof errorCodes;
