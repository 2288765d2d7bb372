import { normaliseDigest, parseImageReference } from '#shared/event/image.ts';
import type { Subject } from './subject.ts';

/** A package URL, taken apart and decoded. */
export interface PackageUrl {
  readonly type: string;
  readonly name: string;
  readonly version: string | undefined;
  readonly qualifiers: URLSearchParams;
}

const purl_length_max = 2048;
const purlText = /^pkg:\/*([a-z0-9.+-]+)\/([^@?#]+)(?:@([^?#]+))?(?:\?([^#]*))?/i;

/** Reads `pkg:type/namespace/name@version?qualifiers#subpath`; undefined for what is none. */
export function parsePurl(text: string | undefined): PackageUrl | undefined {
  if (text === undefined || text.length > purl_length_max) return undefined;
  const match = purlText.exec(text.replace(/^pkg:([^?]*)\/%40/i, 'pkg:$1/~'));
  const [, type, path, version, qualifiers] = match ?? [];
  if (type === undefined || path === undefined) return undefined;
  return {
    type: type.toLowerCase(),
    name: decode(path.replace(/(^|\/)~/, '$1@')),
    version: version === undefined ? undefined : decode(version),
    qualifiers: new URLSearchParams(qualifiers),
  };
}

/** What is not valid percent-encoding is meant literally. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

/**
 * The image that a package URL names; undefined for other packages. Without `repository_url` the registry is unknown, so
 * only the digest identifies it.
 */
export function imageOfPurl(purl: PackageUrl): Subject | undefined {
  if (purl.type !== 'oci' && purl.type !== 'docker') return undefined;
  const digest = normaliseDigest(purl.version);
  const repository = purl.qualifiers.get('repository_url')?.replace(/^https?:\/\//, '');
  const named = repository?.includes('/') === true ? repository : `${repository ?? ''}/${purl.name}`;
  const known =
    purl.type === 'docker' ? named.replace(/^\//, '') : repository === undefined ? undefined : named;
  const tag = purl.qualifiers.get('tag') ?? (digest === undefined ? purl.version : undefined);
  const reference = parseImageReference(known === undefined || tag === undefined ? known : `${known}:${tag}`);
  return {
    reference: tag === undefined && reference !== undefined ? { ...reference, tag: undefined } : reference,
    digests: { repository: digest === undefined ? [] : [digest] },
    label: [known ?? purl.name, purl.version].filter((part) => part !== undefined).join('@'),
  };
}
