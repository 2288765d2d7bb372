import type { JsonObject } from '#shared/event/json.ts';

/** Fields of Istio's default text format, in order; `-` where a field has no value. */
const istioFields = [
  'start_time',
  'request',
  'response_code',
  'response_flags',
  'response_code_details',
  'connection_termination_details',
  'upstream_transport_failure_reason',
  'bytes_received',
  'bytes_sent',
  'duration',
  'upstream_service_time',
  'x_forwarded_for',
  'user_agent',
  'request_id',
  'authority',
  'upstream_host',
  'upstream_cluster',
  'upstream_local_address',
  'downstream_local_address',
  'downstream_remote_address',
  'requested_server_name',
  'route_name',
] as const;

/** Before Istio 1.9 there were no details of the response code and of the end of the connection. */
const olderFields = istioFields.filter(
  (name) => name !== 'response_code_details' && name !== 'connection_termination_details',
);

/** Envoy's own default, without Istio. */
const envoyFields = [
  'start_time',
  'request',
  'response_code',
  'response_flags',
  'bytes_received',
  'bytes_sent',
  'duration',
  'upstream_service_time',
  'x_forwarded_for',
  'user_agent',
  'request_id',
  'authority',
  'upstream_host',
] as const;

/** Characters of a line that are read; longer ones carry a URL that is cut. */
const line_length_max = 32_768;

/** Whether a line starts as these do: a time in brackets, then a quoted request. `kubectl --timestamps` may precede it. */
export function isEnvoyLine(line: string): boolean {
  const start = bracketAt(line);
  if (start === -1) return false;
  const end = line.indexOf('] "', start);
  return end > start && end - start < 40 && line.charCodeAt(start + 5) === 45;
}

function bracketAt(line: string): number {
  if (line.charCodeAt(0) === 91) return 0;
  const space = line.indexOf(' ');
  return space > 18 && space < 40 && line.charCodeAt(space + 1) === 91 ? space + 1 : -1;
}

/** The fields of one line under the names of the JSON format; undefined when it is none. */
export function readEnvoyLine(line: string): JsonObject | undefined {
  if (!isEnvoyLine(line)) return undefined;
  const tokens = tokensOf(line.slice(bracketAt(line), line_length_max));
  const names = layoutOf(tokens);
  if (names === undefined) return undefined;
  const fields: Record<string, string> = {};
  names.forEach((name, index) => {
    const token = tokens[index];
    if (token !== undefined) fields[name] = token.text;
  });
  const [method = '', path = '', protocol = ''] = (fields['request'] ?? '').split(' ');
  return { ...fields, method, path, protocol };
}

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

/** Which layout it is shows where the first quoted field after the request stands. */
function layoutOf(tokens: readonly Token[]): readonly string[] | undefined {
  if (tokens.length < envoyFields.length) return undefined;
  if (tokens[6]?.quoted === true) return istioFields;
  if (tokens[4]?.quoted === true) return olderFields;
  return tokens[8]?.quoted === true ? envoyFields : undefined;
}

/** Splits at blanks; brackets and quotes hold one field together, a backslash escapes a quote. */
function tokensOf(line: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < line.length && tokens.length < istioFields.length + 8) {
    const code = line.charCodeAt(at);
    if (code === 32) {
      at++;
    } else if (code === 34) {
      const end = quoteEnd(line, at + 1);
      tokens.push({ text: line.slice(at + 1, end).replaceAll('\\"', '"'), quoted: true });
      at = end + 1;
    } else {
      const close = code === 91 ? line.indexOf(']', at) : -1;
      const space = line.indexOf(' ', close === -1 ? at : close);
      const end = space === -1 ? line.length : space;
      tokens.push({ text: close === -1 ? line.slice(at, end) : line.slice(at + 1, close), quoted: false });
      at = end;
    }
  }
  return tokens;
}

function quoteEnd(line: string, from: number): number {
  for (let at = from; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code === 92) at++;
    else if (code === 34) return at;
  }
  return line.length;
}
