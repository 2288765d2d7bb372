import type { EcsContainer } from './ecs.ts';
import { entity, type Entity } from './entity.ts';

/** An image reference in full form. */
export interface ImageReference {
  /** Host and path: `docker.io/library/nginx`. */
  readonly name: string;
  readonly host: string;
  readonly path: string;
  /** `latest` when neither a tag nor a digest was written. */
  readonly tag: string | undefined;
  /** `sha256:<64 hex>`; of an index or a manifest, which a reference does not tell. */
  readonly digest: string | undefined;
}

const scheme = /^(?:docker-pullable|docker|containerd|cri-o|oci|docker-archive|registry):\/\//;
const digestText = /^sha256:[0-9a-f]{64}$/;
const tagText = /^\w[\w.-]{0,127}$/;
const hostText = /^(?:[a-z0-9](?:[a-z0-9.-]{0,253}[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/;
const pathText = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*$/;
const reference_length_max = 512;

const dockerHosts: ReadonlySet<string> = new Set([
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
]);

/** The same few images run all day; a small memory of what was parsed saves most of the work. */
const cached_references_max = 4096;
const cache = new Map<string, ImageReference | undefined>();

/**
 * Reads an image reference as tools write it (familiar names, runtime prefixes, tag and digest at once) into one full
 * form. Undefined for a bare digest and for what is no reference.
 */
export function parseImageReference(text: string | undefined): ImageReference | undefined {
  if (text === undefined || text === '' || text.length > reference_length_max) return undefined;
  const known = cache.get(text);
  if (known !== undefined || cache.has(text)) return known;
  const parsed = parse(text.replace(scheme, ''));
  if (cache.size >= cached_references_max) cache.clear();
  cache.set(text, parsed);
  return parsed;
}

function parse(text: string): ImageReference | undefined {
  if (digestText.test(text)) return undefined;
  const at = text.indexOf('@');
  const digest = at === -1 ? undefined : normaliseDigest(text.slice(at + 1));
  if (at !== -1 && digest === undefined) return undefined;
  const named = at === -1 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  if (tag !== undefined && !tagText.test(tag)) return undefined;
  const repository = hasTag ? named.slice(0, colon) : named;
  const { host, path } = splitHost(repository);
  if (!hostText.test(host) || !pathText.test(path) || isHex64(repository)) return undefined;
  return {
    name: `${host}/${path}`,
    host,
    path,
    tag: tag ?? (digest === undefined ? 'latest' : undefined),
    digest,
  };
}

/** The part before the first slash is a host when it has a dot or a port, or is `localhost`. */
function splitHost(repository: string): { readonly host: string; readonly path: string } {
  const slash = repository.indexOf('/');
  const first = slash === -1 ? '' : repository.slice(0, slash).toLowerCase();
  const isHost = first.includes('.') || first.includes(':') || first === 'localhost';
  const path = isHost ? repository.slice(slash + 1) : repository;
  if (isHost && !dockerHosts.has(first)) return { host: first, path };
  return { host: 'docker.io', path: path.includes('/') ? path : `library/${path}` };
}

function isHex64(text: string): boolean {
  return text.length === 64 && /^[0-9a-f]{64}$/.test(text);
}

/** `sha256:<64 hex>` in lower case from a digest with or without its algorithm; undefined for anything else. */
export function normaliseDigest(text: string | undefined): string | undefined {
  if (text === undefined || text.length < 64 || text.length > 600) return undefined;
  const at = text.lastIndexOf('@');
  const bare = at === -1 ? text.replace(scheme, '') : text.slice(at + 1);
  const lower = bare.toLowerCase();
  if (digestText.test(lower)) return lower;
  return isHex64(lower) ? `sha256:${lower}` : undefined;
}

/** Three digests are called "the digest" of an image; they are kept apart because only some are equal across tools. */
export interface ImageDigests {
  /** Image ID: digest of the configuration (Trivy `ImageID`, Grype `imageID`, Kubernetes `image` when bare). */
  readonly config?: string | undefined;
  /** Digest of one platform's manifest (Grype `manifestDigest`, CRI-O `imageID`). */
  readonly manifest?: string | undefined;
  /** What a registry answers for a tag: an index, or a manifest of a single platform (`RepoDigests`). */
  readonly repository?: readonly string[] | undefined;
}

/** All known digests, without repeats, as in `container.image.hash.all`; undefined when there is none. */
export function allDigests(digests: ImageDigests): readonly string[] | undefined {
  const all = new Set<string>(digests.repository);
  if (digests.manifest !== undefined) all.add(digests.manifest);
  if (digests.config !== undefined) all.add(digests.config);
  return all.size === 0 ? undefined : [...all];
}

/** Entities by which an image is joined: every digest, then the tagged reference (weak: tags move). */
export function imageEntities(
  reference: ImageReference | undefined,
  digests: ImageDigests = {},
): readonly Entity[] {
  const all = new Set(allDigests(digests));
  if (reference?.digest !== undefined) all.add(reference.digest);
  const entities = [...all].map((digest) => entity('image', digest));
  if (reference?.tag !== undefined)
    entities.push(entity('image_reference', `${reference.name}:${reference.tag}`));
  return entities;
}

/** What ECS says of an image by its reference. */
export function imageFields({
  name,
  tag,
  digest,
}: Pick<ImageReference, 'name' | 'tag' | 'digest'>): EcsContainer['image'] {
  return {
    name,
    tag: tag === undefined ? undefined : [tag],
    hash: digest === undefined ? undefined : { all: [digest] },
  };
}

/** `host/path:tag@digest`, with what is known. */
export function formatImageReference(reference: ImageReference): string {
  const tagged = reference.tag === undefined ? reference.name : `${reference.name}:${reference.tag}`;
  return reference.digest === undefined ? tagged : `${tagged}@${reference.digest}`;
}
