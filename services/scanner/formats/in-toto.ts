import type { EcsDocument } from '#shared/event/ecs.ts';
import type { Draft, Format, FormatResult, RecordContext } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseEmbedded } from '#shared/event/json.ts';
import { at, object, objects, text } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import { type Scan, scanFields } from './finding.ts';
import { type AttestedSubject, attestedSubject } from './in-toto-subject.ts';
import { withSaid } from './report.ts';
import { subjectEntities, subjectFacts } from './subject.ts';

/** Subjects of one statement that become events; releases list their files by the hundred. */
const subjects_max = 100;

/**
 * in-toto statements: bare, in a DSSE envelope, in a Sigstore bundle, or as Google's registry describes an image. They
 * are read, not verified. A predicate that one of `predicates` recognises (a bill, a VEX document, a report) is read, too.
 */
export function createInTotoFormat(predicates: readonly Format[]): Format {
  return {
    name: 'in-toto',
    family: 'scanner',
    recognises: (record: JsonValue) => isJsonObject(record) && wrappingOf(record) !== undefined,
    normalise: (record: JsonObject, context) => normalise(record, context, predicates),
  };
}

type Wrapping = 'statement' | 'dsse' | 'sigstore-bundle' | 'artifact-analysis';

function wrappingOf(record: JsonObject): Wrapping | undefined {
  const { _type: type, mediaType } = record;
  if (typeof type === 'string' && type.startsWith('https://in-toto.io/Statement/')) return 'statement';
  if (record['payloadType'] === 'application/vnd.in-toto+json') return 'dsse';
  if (typeof mediaType === 'string' && mediaType.startsWith('application/vnd.dev.sigstore.bundle')) {
    return 'sigstore-bundle';
  }
  return isJsonObject(record['provenance_summary']) ? 'artifact-analysis' : undefined;
}

function normalise(record: JsonObject, context: RecordContext, predicates: readonly Format[]): FormatResult {
  const wrapping = wrappingOf(record) ?? 'statement';
  if (wrapping === 'sigstore-bundle' && record['messageSignature'] !== undefined) {
    return { kind: 'drop', reason: 'in_toto.plain_signature' };
  }
  const statements = statementsOf(record, wrapping);
  if (statements.length === 0) return { kind: 'reject', reason: 'in_toto.no_statement' };
  const entry = objects(at(record, 'verificationMaterial', 'tlogEntries'))[0];
  const logged_ns = parseTime(entry?.['integratedTime']);
  const drafts = statements.flatMap((statement) => {
    const time_ns = logged_ns ?? timeOf(statement);
    const own = subjectsOf(statement).map((subject) =>
      attestationDraft(statement, subject, time_ns, wrapping, context.arrival_ns),
    );
    return [...own, ...predicateDrafts(statement, context, predicates)];
  });
  return { kind: 'ok', drafts };
}

function statementsOf(record: JsonObject, wrapping: Wrapping): readonly JsonObject[] {
  if (wrapping === 'statement') return [record];
  if (wrapping === 'dsse') return payloadOf(record);
  if (wrapping === 'sigstore-bundle') return payloadOf(record['dsseEnvelope']);
  return objects(at(record, 'provenance_summary', 'provenance')).flatMap(({ envelope }) =>
    payloadOf(envelope),
  );
}

function payloadOf(envelope: JsonValue | undefined): readonly JsonObject[] {
  const payload = at(envelope, 'payload');
  if (typeof payload !== 'string') return [];
  const statement = parseEmbedded(Buffer.from(payload, 'base64').toString('utf8'));
  return isJsonObject(statement) && typeof statement['predicateType'] === 'string' ? [statement] : [];
}

/** When it was built, signed or scanned, as far as the predicate says. */
function timeOf({ predicate }: JsonObject): bigint | undefined {
  return (
    parseTime(at(predicate, 'runDetails', 'metadata', 'finishedOn')) ??
    parseTime(at(predicate, 'metadata', 'buildFinishedOn')) ??
    parseTime(at(predicate, 'metadata', 'scanFinishedOn')) ??
    parseTime(at(predicate, 'metadata', 'timestamp')) ??
    parseTime(at(predicate, 'Timestamp'))
  );
}

function subjectsOf(statement: JsonObject): readonly AttestedSubject[] {
  return objects(statement['subject']).slice(0, subjects_max).map(attestedSubject);
}

function attestationDraft(
  statement: JsonObject,
  { subject, file_hash }: AttestedSubject,
  time_ns: bigint | undefined,
  wrapping: Wrapping,
  arrival_ns: bigint,
): Draft {
  const type = text(statement['predicateType']) ?? 'an unknown predicate';
  const predicate = object(statement['predicate']);
  const builder = text(at(predicate, 'builder', 'id')) ?? text(at(predicate, 'runDetails', 'builder', 'id'));
  const scan: Scan = {
    module: 'intoto',
    vendor: 'in-toto',
    version: undefined,
    report_id: undefined,
    time_ns,
    subject,
  };
  const document: EcsDocument = {
    ...scanFields(scan),
    message: `Attestation ${type} of ${subject.label}${builder === undefined ? '' : `, built by ${builder}`}`,
    event: {
      kind: 'event',
      category: ['package'],
      type: ['info'],
      module: 'intoto',
      action: 'attestation-received',
      // Whoever verified it said so elsewhere.
      outcome: 'unknown',
    },
    file: file_hash === undefined ? undefined : { name: subject.label, hash: { sha256: file_hash } },
  };
  const draft: Draft = {
    time_ns,
    dataset: 'intoto.attestation',
    dedupe_key: undefined,
    document,
    actors: [],
    targets: subjectEntities(subject),
    facts: subjectFacts(subject, time_ns ?? arrival_ns),
  };
  return withSaid(draft, 'intoto', { predicate_type: type, wrapping, builder, ...sourceOf(predicate) });
}

/** What was built, and from where. */
function sourceOf(predicate: JsonObject | undefined): Readonly<Record<string, unknown>> {
  const source = at(predicate, 'invocation', 'configSource');
  const [dependency] = objects(at(predicate, 'buildDefinition', 'resolvedDependencies'));
  return {
    build_type: text(predicate?.['buildType']) ?? text(at(predicate, 'buildDefinition', 'buildType')),
    source: text(at(source, 'uri')) ?? text(dependency?.['uri']),
    commit: text(at(source, 'digest', 'sha1')) ?? text(at(dependency, 'digest', 'gitCommit')),
  };
}

/** Cosign puts other documents into `Data`, as text, and scan reports into `scanner.result`. */
function predicateDrafts(
  { predicate }: JsonObject,
  context: RecordContext,
  formats: readonly Format[],
): readonly Draft[] {
  const data = at(predicate, 'Data');
  const candidates = [
    predicate,
    typeof data === 'string' ? parseEmbedded(data) : data,
    at(predicate, 'scanner', 'result'),
  ];
  for (const candidate of candidates) {
    if (!isJsonObject(candidate)) continue;
    const format = formats.find(({ recognises }) => recognises(candidate));
    const result = format?.normalise(candidate, context);
    if (result?.kind === 'ok') return result.drafts;
  }
  return [];
}
