import { parseAddress, parseEndpoint } from '#shared/event/address.ts';

/** Proxies in a chain that are looked at. */
const hops_max = 32;

/**
 * The client behind proxies, from `X-Forwarded-For`: the last address outside our network. Each proxy appends whom it
 * was called by, so entries before that one are what the client claims.
 */
export function forwardedFor(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const hops = header.split(',', hops_max);
  for (let index = hops.length - 1; index >= 0; index--) {
    const ip = parseEndpoint(hops[index]?.trim())?.ip;
    if (ip !== undefined && parseAddress(ip)?.scope === 'external') return ip;
  }
  return undefined;
}
