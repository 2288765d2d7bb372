import { entity, type Entity } from './entity.ts';

/** Second-level names under which registries of these countries sell domains (`example.co.uk`). */
const countrySecondLevels = new Set(
  'ac co com edu go gob gov gouv govt id in ltd me mil ne net nom or org plc sch'.split(' '),
);

/** Hosters that give names to strangers: each name below them is its own site. */
const sharedSuffixes = new Set(
  (
    'amazonaws.com appspot.com azurewebsites.net blob.core.windows.net blogspot.com cloudapp.net cloudfront.net ' +
    'ddns.net duckdns.org dyndns.org firebaseapp.com fly.dev github.io gitlab.io herokuapp.com hopto.org ' +
    'loca.lt netlify.app ngrok-free.app ngrok.app ngrok.io no-ip.org onrender.com pages.dev r2.dev serveo.net ' +
    'sslip.io trycloudflare.com vercel.app web.app workers.dev xip.io nip.io zapto.org'
  ).split(' '),
);

/** Names that mean something only inside a network. */
const internalSuffixes = [
  '.local',
  '.internal',
  '.cluster',
  '.lan',
  '.localhost',
  '.home.arpa',
  '.in-addr.arpa',
  '.ip6.arpa',
  '.svc',
];

const domainText =
  /^(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** Programs ask for the same few names all day; beyond these, the memory starts anew. */
const cached_names_max = 4_096;
const cache = new Map<string, string | undefined>();

/**
 * The name that someone registered: `example.com` of `a.b.example.com`, `shop.co.uk` of `www.shop.co.uk`. Undefined for
 * cluster-internal names and what is no domain. By a short list of suffixes, not the public suffix list: where that
 * is wrong, the answer is one label too short or too long, consistently.
 */
export function registeredDomain(name: string | undefined): string | undefined {
  if (name === undefined || name.length > 254) return undefined;
  const known = cache.get(name);
  if (known !== undefined || cache.has(name)) return known;
  const domain = registeredPart(name);
  if (cache.size >= cached_names_max) cache.clear();
  cache.set(name, domain);
  return domain;
}

function registeredPart(name: string): string | undefined {
  const lower = name.toLowerCase();
  const domain = lower.endsWith('.') ? lower.slice(0, -1) : lower;
  if (!domainText.test(domain) || internalSuffixes.some((suffix) => domain.endsWith(suffix)))
    return undefined;
  const labels = domain.split('.');
  const second = labels.at(-2) ?? '';
  const top = labels.at(-1) ?? '';
  let count = top.length === 2 && countrySecondLevels.has(second) ? 3 : 2;
  for (let length = Math.min(labels.length - 1, 4); length >= 2; length--) {
    if (sharedSuffixes.has(labels.slice(-length).join('.'))) count = Math.max(count, length + 1);
  }
  return labels.length < count ? undefined : labels.slice(-count).join('.');
}

/** `external:<registered domain>`. */
export function domainEntity(name: string | undefined): Entity | undefined {
  const domain = registeredDomain(name);
  return domain === undefined ? undefined : entity('external', domain);
}
