import type { EcsDocument } from '#shared/event/ecs.ts';
import type { Format, FormatResult } from '#shared/event/format.ts';
import { normaliseDigest, parseImageReference } from '#shared/event/image.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, object, text } from '#shared/event/read.ts';
import { scanFields } from './finding.ts';
import { type Subject, subjectEntities } from './subject.ts';

/** One signature of `cosign verify -o json`: only images that verified get there. It has no time of its own. */
export const cosignFormat: Format = {
  name: 'cosign',
  family: 'scanner',
  recognises: (record: JsonValue) => {
    if (!isJsonObject(record)) return false;
    return typeof at(record, 'critical', 'image', 'docker-manifest-digest') === 'string';
  },
  normalise,
};

function normalise(record: JsonObject): FormatResult {
  const reference = parseImageReference(text(at(record, 'critical', 'identity', 'docker-reference')));
  const manifest = normaliseDigest(text(at(record, 'critical', 'image', 'docker-manifest-digest')));
  if (manifest === undefined) return { kind: 'reject', reason: 'cosign.no_digest' };
  const untagged = reference === undefined ? undefined : { ...reference, tag: undefined };
  const name = text(at(record, 'critical', 'identity', 'docker-reference')) ?? 'an image';
  const subject: Subject = { reference: untagged, digests: { manifest }, label: `${name}@${manifest}` };
  const optional = object(record['optional']);
  const signer = text(optional?.['Subject']);
  const document: EcsDocument & { cosign: Record<string, unknown> } = {
    ...scanFields({
      module: 'cosign',
      vendor: 'Sigstore',
      version: undefined,
      report_id: undefined,
      time_ns: undefined,
      subject,
    }),
    message: `Signature of ${subject.label} verified${signer === undefined ? '' : `, signed by ${signer}`}`,
    event: {
      kind: 'event',
      category: ['package'],
      type: ['info'],
      module: 'cosign',
      action: 'image-signature-verified',
      outcome: 'success',
    },
    cosign: {
      type: text(at(record, 'critical', 'type')),
      issuer: text(optional?.['Issuer']),
      subject: signer,
      bundle: optional?.['Bundle'] === undefined ? undefined : true,
    },
  };
  return {
    kind: 'ok',
    drafts: [
      {
        time_ns: undefined,
        dataset: 'cosign.verification',
        dedupe_key: undefined,
        document,
        actors: [],
        targets: subjectEntities(subject),
      },
    ],
  };
}
