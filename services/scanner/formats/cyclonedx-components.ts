import type { EcsPackage } from '#shared/event/ecs.ts';
import { normaliseDigest } from '#shared/event/image.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { object, objects, text } from '#shared/event/read.ts';
import { at } from '#shared/event/read.ts';
import { imageOfPurl, parsePurl } from './purl.ts';
import { artifactReference, type Subject } from './subject.ts';

/** Every component by its reference, nested ones and the bill's own subject among them. */
export function componentsOf(bom: JsonObject): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  const subject = object(at(bom, 'metadata', 'component'));
  const pending = [...(subject === undefined ? [] : [subject]), ...objects(bom['components'])];
  for (let component = pending.pop(); component !== undefined; component = pending.pop()) {
    found.set(text(component['bom-ref']) ?? `#${found.size}`, component);
    for (const nested of objects(component['components'])) pending.push(nested);
  }
  return found;
}

/**
 * The image that a bill is of. Trivy keeps digests and tags in properties; Syft writes the manifest's digest as version;
 * others write a package URL.
 */
export function componentSubject(component: JsonObject | undefined): Subject {
  const name = text(component?.['name']);
  const label = [name, text(component?.['version'])].filter((part) => part !== undefined).join('@');
  if (component === undefined || component['type'] !== 'container') {
    return { reference: undefined, digests: {}, label: label === '' ? 'a product' : label };
  }
  const properties = propertiesOf(component);
  const purl = parsePurl(text(component['purl']));
  const image = purl === undefined ? undefined : imageOfPurl(purl);
  const names = [...properties('Reference'), ...properties('RepoTag')];
  const repository = [...properties('RepoDigest'), ...(image?.digests.repository ?? [])];
  return {
    reference: names.map(artifactReference).find(Boolean) ?? image?.reference ?? artifactReference(name),
    digests: {
      config: normaliseDigest(properties('ImageID')[0]),
      manifest: normaliseDigest(text(component['version'])),
      repository: repository.flatMap((digest) => normaliseDigest(digest) ?? []),
    },
    label: label === '' ? 'an image' : label,
  };
}

function propertiesOf(component: JsonObject): (name: string) => readonly string[] {
  const properties = objects(component['properties']);
  return (name) =>
    properties
      .filter((property) => property['name'] === `aquasecurity:trivy:${name}`)
      .flatMap((property) => text(property['value']) ?? []);
}

/** The package that a vulnerability is in; a reference that leads nowhere is all that is known of it. */
export function componentPackage(
  component: JsonObject | undefined,
  reference: string | undefined,
): EcsPackage {
  const url = text(component?.['purl']) ?? (reference?.startsWith('pkg:') === true ? reference : undefined);
  const purl = parsePurl(url);
  const group = text(component?.['group']);
  const name = text(component?.['name']);
  return {
    name: name === undefined ? (purl?.name ?? reference) : group === undefined ? name : `${group}/${name}`,
    version: text(component?.['version']) ?? purl?.version,
    type: purl?.type,
    reference: url,
  };
}
