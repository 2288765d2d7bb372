import { entity, type Entity } from './entity.ts';

/** A container as a tool names it. */
export interface ContainerId {
  /** Hex digits, lower case: 64, or as many as the tool keeps (at least 12). */
  readonly id: string;
  /** The first 12 digits, by which tools that truncate differently are joined. */
  readonly id12: string;
  readonly entity: Entity;
  /** `containerd`, `docker`, `cri-o`, … when the tool says so. */
  readonly runtime: string | undefined;
}

const containerId = /^(?:([a-z][a-z0-9-]{1,30}):\/\/)?([0-9a-f]{12,64})$/i;

/** A node runs some hundred containers at a time; beyond this, the memory starts anew. */
const cached_containers_max = 16_384;
const cache = new Map<string, ContainerId | undefined>();

/**
 * Reads `containerd://<64 hex>`, a bare id of 12 to 64 digits (Falco keeps 12, Tetragon 15 to 31). Undefined for
 * `host`, empty and anything else.
 */
export function parseContainerId(value: string | undefined): ContainerId | undefined {
  if (value === undefined || value.length < 12 || value.length > 100) return undefined;
  const known = cache.get(value);
  if (known !== undefined || cache.has(value)) return known;
  const parsed = parse(value);
  if (cache.size >= cached_containers_max) cache.clear();
  cache.set(value, parsed);
  return parsed;
}

function parse(value: string): ContainerId | undefined {
  const match = containerId.exec(value);
  const digits = match?.[2];
  if (digits === undefined) return undefined;
  const id = digits.toLowerCase();
  const id12 = id.slice(0, 12);
  return { id, id12, entity: entity('container', id12), runtime: match?.[1]?.toLowerCase() };
}
