import { normaliseDigest, parseImageReference } from '#shared/event/image.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { at, text } from '#shared/event/read.ts';
import { imageOfPurl, parsePurl } from './purl.ts';
import type { Subject } from './subject.ts';

/** What a statement is about: an image, or a file with its SHA-256 in hex. */
export interface AttestedSubject {
  readonly subject: Subject;
  readonly file_hash: string | undefined;
}

/** A name with a registry's host, or a package URL of an image, is an image; everything else is a file. */
export function attestedSubject(subject: JsonObject): AttestedSubject {
  const name = text(subject['name']);
  const digest = normaliseDigest(text(at(subject, 'digest', 'sha256')));
  const repository = digest === undefined ? [] : [digest];
  const label = [name, digest].filter((part) => part !== undefined).join('@') || 'an artifact';
  const purl = parsePurl(name);
  const image = purl === undefined ? undefined : imageOfPurl(purl);
  if (image !== undefined) {
    return { subject: { reference: image.reference, digests: { repository }, label }, file_hash: undefined };
  }
  const named = name?.replace(/^https?:\/\//, '');
  const reference = named !== undefined && hasHost(named) ? parseImageReference(named) : undefined;
  if (named === undefined || reference === undefined) {
    const file: Subject = { reference: undefined, digests: {}, label: name ?? label };
    return { subject: file, file_hash: digest?.slice('sha256:'.length) };
  }
  const tagged = named.lastIndexOf(':') > named.lastIndexOf('/');
  const untagged = tagged ? reference : { ...reference, tag: undefined };
  return { subject: { reference: untagged, digests: { repository }, label }, file_hash: undefined };
}

function hasHost(name: string): boolean {
  return /^(?:localhost|[^/]*[.:][^/]*)\/./.test(name);
}
