const quote = 34;
const blank = 32;

/** More arguments than this stay in the command line only. */
const arguments_max = 256;

/** Splits a command line at blanks, except inside double quotes, which are taken off. */
export function splitArguments(line: string | undefined): string[] {
  const found: string[] = [];
  if (line === undefined) return found;
  let start = 0;
  let quoted = false;
  for (let at = 0; at <= line.length; at++) {
    const code = at === line.length ? blank : line.charCodeAt(at);
    if (code === quote) quoted = !quoted;
    if (code !== blank || (quoted && at < line.length)) continue;
    if (at > start) found.push(unquoted(line.slice(start, at)));
    if (found.length === arguments_max) return found;
    start = at + 1;
  }
  return found;
}

function unquoted(argument: string): string {
  if (argument.charCodeAt(0) !== quote) return argument;
  const isClosed = argument.length > 1 && argument.charCodeAt(argument.length - 1) === quote;
  return argument.slice(1, isClosed ? -1 : undefined);
}
