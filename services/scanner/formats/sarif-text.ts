import type { EcsPackage } from '#shared/event/ecs.ts';
import { normaliseDigest } from '#shared/event/image.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { at, objects, text, texts } from '#shared/event/read.ts';
import { artifactReference, type Subject } from './subject.ts';

/**
 * What was scanned. Trivy writes it into the run's properties; Grype only into messages and locations, where the digest
 * beside the name is a layer's.
 */
export function sarifSubject(run: JsonObject, tool: string, result: JsonObject | undefined): Subject {
  const properties = run['properties'];
  const name = text(at(properties, 'imageName'));
  const told = tool.toLowerCase() === 'grype' ? grypeImage(result) : undefined;
  const names = [...(texts(at(properties, 'repoTags')) ?? []), name, told];
  return {
    reference: names.map(artifactReference).find(Boolean),
    digests: {
      config: normaliseDigest(text(at(properties, 'imageID'))),
      repository: (texts(at(properties, 'repoDigests')) ?? []).flatMap(
        (digest) => normaliseDigest(digest) ?? [],
      ),
    },
    label: name ?? told ?? 'an artifact',
  };
}

const inImage = / in image (\S{1,512}) at: /;
const layerPath = /^([^@\s]{1,512})@(?:sha256:[0-9a-f]{64})?:\//;

function grypeImage(result: JsonObject | undefined): string | undefined {
  const location = objects(result?.['locations'])[0];
  const place = text(objects(location?.['logicalLocations'])[0]?.['fullyQualifiedName']) ?? '';
  const message = text(at(result, 'message', 'text')) ?? '';
  return inImage.exec(message)?.[1] ?? layerPath.exec(place)?.[1];
}

/** A line `<label>: <value>` of the message (of this result), else of the rule's help (of its first result). */
export function labelled(result: JsonObject, rule: JsonObject, label: string): string | undefined {
  const sources = [text(at(result, 'message', 'text')), text(at(rule, 'help', 'text'))];
  for (const source of sources) {
    const line = source?.split('\n').find((one) => one.startsWith(`${label}: `));
    const value = text(line?.slice(label.length + 2).trim());
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The package as told in words; `suffix` is what follows the flaw in a rule's id, which Grype makes the package. */
export function describedPackage(result: JsonObject, rule: JsonObject, suffix: string): EcsPackage {
  return {
    name: labelled(result, rule, 'Package') ?? text(suffix),
    version: labelled(result, rule, 'Installed Version') ?? labelled(result, rule, 'Version'),
    type: labelled(result, rule, 'Type'),
  };
}
