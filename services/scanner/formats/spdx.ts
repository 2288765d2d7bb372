import type { Format, FormatResult } from '#shared/event/format.ts';
import { normaliseDigest } from '#shared/event/image.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, objects, text, texts } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import type { Scan } from './finding.ts';
import { imageOfPurl, parsePurl } from './purl.ts';
import { reportDraft } from './report.ts';
import { artifactReference, type Subject } from './subject.ts';

/** SPDX 2.2 and 2.3 in JSON. */
export const spdxFormat: Format = {
  name: 'spdx',
  family: 'scanner',
  recognises: (record: JsonValue) => {
    if (!isJsonObject(record)) return false;
    const version = record['spdxVersion'];
    return typeof version === 'string' && version.startsWith('SPDX-2.') && 'SPDXID' in record;
  },
  normalise: (document: JsonObject, { arrival_ns }) => normalise(document, arrival_ns),
};

function normalise(document: JsonObject, arrival_ns: bigint): FormatResult {
  const packages = objects(document['packages']);
  const creators = texts(at(document, 'creationInfo', 'creators')) ?? [];
  const tool = creators.find((creator) => creator.startsWith('Tool: '))?.slice('Tool: '.length);
  const scan: Scan = {
    module: 'spdx',
    vendor: tool ?? creators[0] ?? 'unknown',
    version: undefined,
    report_id: text(document['documentNamespace']),
    time_ns: parseTime(at(document, 'creationInfo', 'created')),
    subject: subjectOf(document, packages),
  };
  const summary = reportDraft(
    scan,
    {
      action: 'sbom-received',
      message: `Bill of materials of ${scan.subject.label}: ${packages.length} packages`,
      category: 'package',
      said: {
        name: text(document['name']),
        namespace: scan.report_id,
        specification_version: text(document['spdxVersion']),
        packages: packages.length,
        files: objects(document['files']).length,
        tool,
      },
    },
    arrival_ns,
  );
  return { kind: 'ok', drafts: [summary] };
}

/** The described package is an image when it says so, in its purpose or, from Trivy, in its id. */
function subjectOf(document: JsonObject, packages: readonly JsonObject[]): Subject {
  const described = describedIds(document);
  const candidates = packages.filter((one) => described.has(text(one['SPDXID']) ?? ''));
  const image = [...candidates, ...packages].find(isImage);
  const main = image ?? candidates[0];
  const name = text(main?.['name']) ?? text(document['name']);
  const label = name ?? 'a product';
  if (image === undefined) return { reference: undefined, digests: {}, label };
  const purls = objects(image['externalRefs']).flatMap(
    (reference) => parsePurl(text(reference['referenceLocator'])) ?? [],
  );
  const named = purls.map(imageOfPurl).find(Boolean);
  const attributes = attributesOf(image);
  const names = [...attributes('Reference'), ...attributes('RepoTag')];
  const digests = [...attributes('RepoDigest'), ...(named?.digests.repository ?? [])];
  const checksum = objects(image['checksums']).find((one) => one['algorithm'] === 'SHA256');
  return {
    reference: names.map(artifactReference).find(Boolean) ?? named?.reference ?? artifactReference(name),
    digests: {
      config: normaliseDigest(attributes('ImageID')[0]),
      manifest: normaliseDigest(text(checksum?.['checksumValue']) ?? text(image['versionInfo'])),
      repository: digests.flatMap((digest) => normaliseDigest(digest) ?? []),
    },
    label,
  };
}

function isImage(one: JsonObject): boolean {
  const id = text(one['SPDXID']) ?? '';
  return one['primaryPackagePurpose'] === 'CONTAINER' || id.startsWith('SPDXRef-ContainerImage-');
}

function describedIds(document: JsonObject): ReadonlySet<string> {
  const related = objects(document['relationships'])
    .filter(({ relationshipType }) => relationshipType === 'DESCRIBES')
    .flatMap(({ relatedSpdxElement }) => text(relatedSpdxElement) ?? []);
  return new Set([...(texts(document['documentDescribes']) ?? []), ...related]);
}

/** `attributionTexts` of Trivy are `<name>: <value>`. */
function attributesOf(image: JsonObject): (name: string) => readonly string[] {
  const attributes = texts(image['attributionTexts']) ?? [];
  return (name) =>
    attributes.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
}
