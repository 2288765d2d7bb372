/** Pairs that are read of one line. */
const pairs_max = 128;

/** Reads `key=value key="a value"`, from a position on; values keep what they hold, without quotes. */
export function readLogfmt(line: string, from = 0): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  let at = from;
  while (at < line.length && pairs.size < pairs_max) {
    const equals = line.indexOf('=', at);
    if (equals === -1) break;
    const key = line.slice(Math.max(line.lastIndexOf(' ', equals) + 1, at), equals);
    const isQuoted = line.charCodeAt(equals + 1) === 34;
    const start = isQuoted ? equals + 2 : equals + 1;
    const found = line.indexOf(isQuoted ? '"' : ' ', start);
    const end = found === -1 ? line.length : found;
    pairs.set(key.trim(), line.slice(start, end));
    at = end + 1;
  }
  return pairs;
}
