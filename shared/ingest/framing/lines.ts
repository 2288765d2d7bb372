import { isJsonObject, parseJson, type JsonObject, type JsonValue } from '#shared/event/json.ts';

/** One line of text, or one JSON value and its text. */
export type Line =
  | { readonly kind: 'json'; readonly value: JsonValue; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'broken'; readonly text: string; readonly reason: string; readonly detail: string };

/** What the container runtime puts before each line: time, stream, `F`ull or `P`artial. */
const criPrefix = /^\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d) (stdout|stderr) ([FP])(?::\S*)? /;

/** Whether a text is lines as a container runtime writes them to its log files. */
export function isCri(text: string): boolean {
  return criPrefix.test(text.slice(0, 80));
}

/**
 * Lines of a CRI log without their prefix. Long lines come in partial pieces, interleaved by stream, which are put
 * together; a last piece without its end is kept as it is.
 */
export function readCriLines(text: string): readonly string[] {
  const whole: string[] = [];
  const pending = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = criPrefix.exec(line);
    if (match === null) {
      if (line.trim() !== '') whole.push(line);
      continue;
    }
    const [prefix, stream = '', flag] = match;
    const content = (pending.get(stream) ?? '') + line.slice(prefix.length);
    if (flag === 'P') {
      pending.set(stream, content);
    } else {
      pending.delete(stream);
      whole.push(content);
    }
  }
  whole.push(...pending.values());
  return whole;
}

/** Lines of newline-delimited JSON; a line that is no JSON is broken. Docker's pieces of one line are put together. */
export function readJsonLines(text: string): readonly Line[] {
  const lines: Line[] = [];
  let docker: { value: JsonObject; log: string } | undefined;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const parsed = parseJson(line);
    if (parsed.kind === 'invalid') {
      lines.push({ kind: 'broken', text: line, reason: parsed.problem, detail: parsed.detail });
      continue;
    }
    const piece = dockerPiece(parsed.value);
    if (piece === undefined) {
      lines.push({ kind: 'json', value: parsed.value, text: parsed.text });
      continue;
    }
    docker = { value: piece.value, log: (docker?.log ?? '') + piece.log };
    if (!piece.log.endsWith('\n')) continue;
    lines.push(dockerLine(docker));
    docker = undefined;
  }
  if (docker !== undefined) lines.push(dockerLine(docker));
  return lines;
}

function dockerLine(docker: { value: JsonObject; log: string }): Line {
  const value = { ...docker.value, log: docker.log };
  return { kind: 'json', value, text: JSON.stringify(value) };
}

/** Docker's json-file: `{log, stream, time}`; pieces of 16 KiB, the last of which ends with a newline. */
function dockerPiece(value: JsonValue): { value: JsonObject; log: string } | undefined {
  if (!isJsonObject(value)) return undefined;
  const { log, stream, time } = value;
  return typeof log === 'string' && typeof stream === 'string' && typeof time === 'string'
    ? { value, log }
    : undefined;
}
