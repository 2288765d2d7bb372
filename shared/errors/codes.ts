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
  BW_RULES_REFUSED: {
    retriable: false,
    meaning: 'A folder of rules has an error, so none of it is used.',
    action:
      'Run `breakwater rules lint` on the folder and correct what it names; the former rules stay in use until then.',
  },
  BW_RULES_MISSING: {
    retriable: false,
    meaning: 'A rule, or a file or folder of rules, was asked for that does not exist.',
    action:
      'Give the path of a .yml or .yaml file or of a folder that holds some; `breakwater rules list` names rules.',
  },
  BW_AVRO_MALFORMED: {
    retriable: false,
    meaning: 'Bytes on an internal topic are not a record of a known schema.',
    action: 'Find the foreign writer by the topic, partition and offset in the dead-letter headers.',
  },
  BW_CONTEXT_UNAVAILABLE: {
    retriable: true,
    meaning: 'Redis, which holds what is known of images and identities, does not answer.',
    action:
      'Look at Redis and REDIS_URL; work goes on by itself when it is back, and its content is rebuilt.',
  },
  BW_KAFKA_UNAVAILABLE: {
    retriable: true,
    meaning: 'The Kafka brokers do not answer, or answer with an error that may pass.',
    action: 'Look at the brokers, KAFKA_BROKERS and the network; work goes on by itself when they are back.',
  },
  BW_KAFKA_REFUSED: {
    retriable: false,
    meaning:
      'A Kafka broker refuses a request for good: credentials, authorisation, version or configuration.',
    action: 'Read the reason in the message and correct the credentials, the ACLs or the broker settings.',
  },
  BW_KAFKA_SEND_FAILED: {
    retriable: true,
    meaning: 'Kafka did not acknowledge records in time; it may hold them nevertheless.',
    action:
      'Look at the brokers: leaders without enough in-sync replicas, full disks. Records are sent again.',
  },
  BW_KAFKA_SEND_REFUSED: {
    retriable: false,
    meaning: 'Kafka refuses a record for good, mostly because it is larger than the topic allows.',
    action: 'Raise `max.message.bytes` of the topic, or correct what the message names.',
  },
  BW_KAFKA_UNREADABLE: {
    retriable: false,
    meaning:
      'A record batch cannot be decoded: its compression is broken, or it would exceed the memory bound.',
    action:
      'Find the foreign writer. To go on, move the offset of the group behind the batch; that leaves a gap.',
  },
  BW_KAFKA_OFFSET_AHEAD: {
    retriable: false,
    meaning: 'A group has read further than its topic reaches: the topic was created anew, or lost records.',
    action: 'Find out which. To read all that is there, reset the offsets of the group to the earliest.',
  },
  BW_KAFKA_UNKNOWN_TOPIC: {
    retriable: false,
    meaning: 'A topic that a service reads or writes does not exist.',
    action: 'Create the topics of `schemas/topics` (the deployment does so), and check the topic settings.',
  },
  BW_STACK_TOOL_MISSING: {
    retriable: false,
    meaning: 'A local server cannot be started because a program it needs is not on this computer.',
    action:
      'Install what the message names, or point KAFKA_BROKERS, ELASTICSEARCH_URL or REDIS_URL to your own.',
  },
  BW_STACK_DOWNLOAD_FAILED: {
    retriable: true,
    meaning:
      'A file of the local servers could not be fetched from the Maven repository or the package index.',
    action: 'Check the network, the Maven mirror or BREAKWATER_MAVEN_URL, and start again: it resumes.',
  },
  BW_STACK_DOWNLOAD_REFUSED: {
    retriable: false,
    meaning:
      'The Maven repository or package index answered that it does not have, or does not give, a file.',
    action:
      'Check the mirror that Maven uses or BREAKWATER_MAVEN_URL: it must offer what Maven Central offers.',
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
  BW_API_SEARCH_FAILED: {
    retriable: true,
    meaning: 'The API could not read from Elasticsearch.',
    action: 'Look at the health of Elasticsearch; the request may be sent again.',
  },
  BW_LEDGER_LOCKED: {
    retriable: true,
    meaning: 'Another process has this log of the ledger open for writing.',
    action: 'Wait for it to end, or stop it; one auditor writes a log.',
  },
  BW_LEDGER_FENCED: {
    retriable: false,
    meaning: 'Another auditor has taken over this log; this one must not sign any more.',
    action:
      'None: the process stops and its supervisor starts it anew. Look for two auditors on one ledger folder.',
  },
  BW_LEDGER_CORRUPT: {
    retriable: false,
    meaning: 'The files of the ledger contradict each other: going on could sign a second history.',
    action:
      'Keep the folder as it is, run `breakwater audit verify` on it, and restore it from the newest copy.',
  },
  BW_LEDGER_LEAF_TOO_LARGE: {
    retriable: false,
    meaning: 'A leaf of the ledger would be longer than 65,535 bytes.',
    action: 'A defect: what is large belongs in the body; report it with the record type.',
  },
  BW_LEDGER_KEY_UNUSABLE: {
    retriable: false,
    meaning: 'The signing key file can be read by others, or is not an Ed25519 private key.',
    action: 'Set its mode to 0600, or name the right file.',
  },
  BW_SEARCH_UNAVAILABLE: {
    retriable: true,
    meaning: 'Elasticsearch does not answer, or answers with an error that may pass.',
    action:
      'Look at the cluster health, ELASTICSEARCH_URL and the credentials; work goes on by itself when it is back.',
  },
  BW_SEARCH_TEMPLATE_REFUSED: {
    retriable: false,
    meaning: 'Elasticsearch refuses an index template of Breakwater.',
    action:
      'Read the reason in the message: an index of that name with other field types, or a version before 8.19.',
  },
  BW_SEARCH_CLOSED: {
    retriable: true,
    meaning: 'Documents were not yet final when their writer was closed.',
    action: 'None: their offsets are not committed, so that they are written again.',
  },
  BW_SEARCH_FOLDER_IN_USE: {
    retriable: false,
    meaning: 'The output folder holds documents of an earlier run.',
    action: 'Name another folder, or remove the files that the message names.',
  },
  BW_SEARCH_FILE_FULL: {
    retriable: false,
    meaning: 'One output file would hold more documents than their ids can be remembered for.',
    action: 'Replay a shorter span of time at once.',
  },
  BW_AUDIT_SILENT: {
    retriable: true,
    meaning: 'Nothing has signed the audit ledger for longer than allowed, so what people do is refused.',
    action: 'Restore the auditor; see BREAKWATER_AUDIT_SILENCE_MS_MAX.',
  },
  BW_AUDIT_BACKLOG: {
    retriable: true,
    meaning: 'Audit records cannot be written to Kafka, and as many as may wait already do.',
    action: 'Restore the brokers; until then actions that must leave an audit record are refused.',
  },
  BW_LEDGER_NO_PROOF: {
    retriable: false,
    meaning:
      'A proof was asked for that the log cannot give: no such leaf or size, or a file of it is missing.',
    action: 'Ask for what the checkpoint covers; when a file is missing, run `breakwater audit verify`.',
  },
  BW_REPLAY_INPUT: {
    retriable: false,
    meaning: 'A file to be replayed cannot be read.',
    action: 'Give the path of an existing file; `breakwater replay` also takes - for standard input.',
  },
  BW_REPLAY_OUTPUT: {
    retriable: false,
    meaning: 'The folder for the results of a replay holds results already.',
    action: 'Choose another folder with --out, or replace what is there with --force.',
  },
  BW_WITNESS_UNAVAILABLE: {
    retriable: true,
    meaning: 'A witness of the ledger does not answer; checkpoints are published without its cosignature.',
    action: 'Reach its operator. Exports of the time without it are marked as not witnessed.',
  },
  BW_WITNESS_REFUSED: {
    retriable: false,
    meaning: 'A witness refuses to cosign: it has seen another history of the log, or does not know the log.',
    action:
      'Compare the checkpoint that it serves with ours. Two histories are evidence of tampering: keep both.',
  },
  BW_TIMESTAMP_UNAVAILABLE: {
    retriable: true,
    meaning: 'The time-stamping authority (RFC 3161) does not answer or refuses.',
    action:
      'Check BREAKWATER_TIMESTAMP_URL; until it answers, the ledger is bound to time by witnesses alone.',
  },
  BW_CLOCK_OFF: {
    retriable: false,
    meaning: 'The clock of the auditor is more than a second from that of its time server.',
    action:
      'Set the clock right, or BREAKWATER_TIME_SERVER; times of records written meanwhile are off by what the heartbeats say.',
  },
  BW_EXPORT_REFUSED: {
    retriable: false,
    meaning: 'An audit export may not go on: it waits for a second person, was refused, or does not exist.',
    action: 'See why with `breakwater audit export list`; somebody else than the requester approves.',
  },
  BW_LIFECYCLE_REFUSED: {
    retriable: false,
    meaning:
      'An erasure, a hold or its release may not go on: a legal hold covers it, or a second person has to agree.',
    action: 'See why with `breakwater audit erase list` and `breakwater audit hold list`.',
  },
  BW_QUESTIONS_UNAVAILABLE: {
    retriable: true,
    meaning: 'A correlator that keeps the state which answers a question cannot be asked.',
    action:
      'Give the API and the correlator the same BREAKWATER_QUESTIONS_TOKEN, the API the addresses of all correlators in BREAKWATER_QUESTIONS_URLS, and see that they run.',
  },
  BW_STATE_MISSING: {
    retriable: false,
    meaning: 'There is no state of the correlator to ask, such as a replay leaves beside its results.',
    action: 'Run `breakwater replay` anew; a state of more than 512 MiB is not kept.',
  },
  BW_INCIDENT_UNKNOWN: {
    retriable: false,
    meaning: 'There is no incident with this id.',
    action: 'See which there are with `GET /v1/incidents`, or in the incidents of a replay.',
  },
  BW_EXPORT_UNKNOWN: {
    retriable: false,
    meaning: 'There is no audit export with this id.',
    action: 'See which there are with `breakwater audit export list`.',
  },
  BW_AUDIT_UNSIGNED: {
    retriable: true,
    meaning: 'The record of an action did not become a signed leaf in time, so the action was not done.',
    action: 'Look at the auditor; try again once it runs.',
  },
  BW_JOBS_UNAVAILABLE: {
    retriable: true,
    meaning: 'Redis, which holds the jobs of the worker, does not answer.',
    action: 'Look at Redis and REDIS_URL; the worker finds by itself what was asked for and has no job.',
  },
  BW_EXPORT_LIMIT: {
    retriable: true,
    meaning: 'As many exports as may wait at a time wait already.',
    action: 'Wait until some are created, or cancel those that nobody needs.',
  },
  BW_CHECKPOINT_CORRUPT: {
    retriable: false,
    meaning: 'A checkpoint of the correlator is not what was saved.',
    action: 'None: state is computed again from Kafka. Find out what else writes to that Redis.',
  },
  BW_CHECKPOINT_TOO_LARGE: {
    retriable: false,
    meaning: 'The state of one partition of the correlator is too large for a checkpoint.',
    action:
      'Incidents are right, but a restart reads all signals again: lower the lateness or split the scope; look for a flood.',
  },
  BW_CHECKPOINT_UNAVAILABLE: {
    retriable: true,
    meaning: 'Redis, which keeps the checkpoints of the correlator, does not answer.',
    action: 'Look at Redis and REDIS_URL; work goes on, but a restart meanwhile reads all signals again.',
  },
  BW_CORRELATOR_TORN: {
    retriable: false,
    meaning: 'A correlator was not given the same partition of signals, facts and decisions.',
    action:
      'Give these topics the same number of partitions, and let only correlators join their consumer group.',
  },
} as const satisfies Record<string, ErrorDefinition>;

/** What is written down about one code. */
export interface ErrorDefinition {
  readonly retriable: boolean;
  readonly meaning: string;
  readonly action: string;
}

export type ErrorCode = keyof typeof errorCodes;
