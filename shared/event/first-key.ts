/** Kinds of entities that say nothing of who does this again. */
const passing = /^(?:connection|process|session):/;
/** A service has many clients; they are told apart only where nobody else acts. */
const client = /^external:/;

/**
 * What a mark of a rule is the first of, in the words of the record: who acts on whom, and what kind of contact it is. Of a
 * pod that was made anew the words are others.
 */
export function firstKey(
  rule_id: string,
  actors: readonly string[],
  targets: readonly string[],
  kind: string,
): string {
  const steady = actors.filter((actor) => !passing.test(actor));
  const own = steady.filter((actor) => !client.test(actor));
  const who = own.length === 0 ? steady : own;
  return [rule_id, ...who, '>', ...targets, kind].join('\n');
}

/** Characters of a path by which requests are told apart. */
const path_length_max = 200;

/** To which port a flow goes, and what a request on it asks: `8080 POST /v1/users`, two folders deep. */
export function contactKind(port: string, method: string | undefined, path: string | undefined): string {
  if (method === undefined) return port;
  // Words with digits are ids, which differ each time.
  const words = (path ?? '').slice(0, path_length_max).split('/', 3);
  return `${port} ${method} ${words.map((word) => (/\d{3}|^\d+$/.test(word) ? '#' : word)).join('/')}`;
}

/** The same of a signal, from its fields. */
export function contactKindOf(fields: Readonly<Record<string, string>>): string {
  return contactKind(fields['destination.port'] ?? '', fields['http.request.method'], fields['url.path']);
}
