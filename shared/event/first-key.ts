import type { Signal } from '#shared/avro/types.generated.ts';

/** Kinds of entities that say nothing of who does this again: each connection has its own, and so has each client. */
const passing = /^(?:connection|process|session|external):/;

/**
 * What a signal is the first of, in the words of the record: its rule, who acts on whom, the port and the kind of request.
 * Two signals with the same words may still be told apart by nothing that matters; of a pod that was made anew the words
 * are others.
 */
export function firstKey({ scope, rule, actors, targets, fields }: Signal): string {
  const steady = actors.filter((actor) => !passing.test(actor));
  const who = steady.length === 0 ? actors : steady;
  return [scope, rule.id, ...who, '>', ...targets, contactKind(fields)].join('\n');
}

/** Characters of a path by which requests are told apart. */
const path_length_max = 200;

/** To which port a flow goes, and what a request on it asks: `8080 POST /v1/users/#`. */
export function contactKind(fields: Readonly<Record<string, string>>): string {
  const port = fields['destination.port'] ?? '';
  const method = fields['http.request.method'];
  if (method === undefined) return port;
  const [path = ''] = (fields['url.path'] ?? '').slice(0, path_length_max).split('?');
  // Two folders deep, without what differs each time: words with digits are ids.
  const kind = path
    .split('/')
    .slice(0, 3)
    .map((word) => (/\d{3}|^\d+$/.test(word) ? '#' : word))
    .join('/');
  return `${port} ${method} ${kind}`;
}
