import { isPort } from './address.ts';
import type { EcsUrl } from './ecs-network.ts';

/**
 * The parts of a URL or of a request target (`/path?query`), by position alone: what attackers send is often no valid
 * URL, and must be shown as it came.
 */
export function urlFields(written: string | undefined): EcsUrl | undefined {
  if (written === undefined) return undefined;
  const schemeEnd = written.indexOf('://');
  const isAbsolute = schemeEnd > 0 && schemeEnd < 12;
  const hostStart = isAbsolute ? schemeEnd + 3 : 0;
  const pathStart = isAbsolute ? firstOf(written, hostStart) : 0;
  const host = isAbsolute ? hostFields(written.slice(hostStart, pathStart)) : undefined;
  const queryStart = written.indexOf('?', pathStart);
  const path = written.slice(pathStart, queryStart === -1 ? undefined : queryStart);
  return {
    original: written,
    scheme: isAbsolute ? written.slice(0, schemeEnd).toLowerCase() : undefined,
    domain: host?.domain,
    port: host?.port,
    path: path === '' ? undefined : path,
    query: queryStart === -1 || queryStart === written.length - 1 ? undefined : written.slice(queryStart + 1),
  };
}

/** Where the host ends: at the first `/` or `?`. */
function firstOf(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 47 || code === 63) return at;
  }
  return text.length;
}

/** Splits `user@host:port`; who is before the `@` is left out. */
export function hostFields(authority: string): { domain: string | undefined; port: number | undefined } {
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const colon = host.lastIndexOf(':');
  const port = Number(host.slice(colon + 1));
  const hasPort = colon > 0 && colon < host.length - 1 && isPort(port) && host.at(colon - 1) !== ':';
  const domain = hasPort ? host.slice(0, colon) : host;
  return { domain: domain === '' ? undefined : domain.toLowerCase(), port: hasPort ? port : undefined };
}
