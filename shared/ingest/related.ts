import type { EcsDocument, EcsEndpoint, EcsRelated, EcsUser } from '#shared/event/ecs.ts';

/**
 * `related.*`: every address, person, host and digest of a document, so that an analyst pivots with one query. What
 * the format put there stays. Undefined when there is nothing.
 */
export function relatedOf(document: EcsDocument): EcsRelated | undefined {
  const ip = [...(document.related?.ip ?? [])];
  const user = [...(document.related?.user ?? [])];
  const hosts = [...(document.related?.hosts ?? [])];
  const hash = [...(document.related?.hash ?? [])];
  addEndpoint(document.source, ip, hosts, user);
  addEndpoint(document.destination, ip, hosts, user);
  addEndpoint(document.client, ip, hosts, user);
  addEndpoint(document.server, ip, hosts, user);
  addAll(ip, document.host?.ip);
  addAll(ip, document.dns?.resolved_ip);
  add(ip, document.kubernetes?.pod?.ip);
  addUser(document.user, user);
  add(hosts, document.host?.name);
  add(hosts, document.host?.hostname);
  add(hosts, document.kubernetes?.node?.name);
  add(hosts, document.url?.domain);
  add(hosts, document.dns?.question?.name);
  addAll(hash, document.container?.image?.hash?.all);
  addHashes(document.process?.hash, hash);
  addHashes(document.file?.hash, hash);
  if (ip.length + user.length + hosts.length + hash.length === 0) return undefined;
  return { ip: listOf(ip), user: listOf(user), hosts: listOf(hosts), hash: listOf(hash) };
}

function addEndpoint(endpoint: EcsEndpoint | undefined, ip: string[], hosts: string[], user: string[]): void {
  if (endpoint === undefined) return;
  add(ip, endpoint.ip);
  add(ip, endpoint.nat?.ip);
  add(hosts, endpoint.domain);
  addUser(endpoint.user, user);
}

function addUser(person: EcsUser | undefined, user: string[]): void {
  if (person === undefined) return;
  add(user, person.name);
  add(user, person.email);
  addUser(person.effective, user);
  addUser(person.target, user);
}

function addHashes(
  hashes: { sha256?: string | undefined; sha1?: string | undefined; md5?: string | undefined } | undefined,
  hash: string[],
): void {
  add(hash, hashes?.sha256);
  add(hash, hashes?.sha1);
  add(hash, hashes?.md5);
}

/** Documents name a handful of each: looking through a list beats a set. */
function add(list: string[], value: string | undefined): void {
  if (value !== undefined && !list.includes(value)) list.push(value);
}

function addAll(list: string[], values: readonly string[] | undefined): void {
  if (values !== undefined) for (const value of values) add(list, value);
}

function listOf(list: readonly string[]): readonly string[] | undefined {
  return list.length === 0 ? undefined : list;
}
