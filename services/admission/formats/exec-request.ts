/** What runs through `pods/exec` or `pods/attach`, from the query of the request. */
export interface ExecRequest {
  readonly command: readonly string[];
  readonly container: string | undefined;
  readonly interactive: boolean;
}

/** Arguments that are read; kubectl sends one parameter each. */
const arguments_max = 256;

/**
 * Reads `…/exec?command=sh&command=-c&command=id&container=app&tty=true`: the command exists nowhere else in an audit
 * event. Undefined without a query.
 */
export function readExecRequest(uri: string | undefined): ExecRequest | undefined {
  const start = uri?.indexOf('?') ?? -1;
  if (uri === undefined || start === -1) return undefined;
  const command: string[] = [];
  let container: string | undefined;
  let interactive = false;
  for (const parameter of uri.slice(start + 1).split('&', arguments_max)) {
    const equals = parameter.indexOf('=');
    const name = equals === -1 ? parameter : parameter.slice(0, equals);
    const value = equals === -1 ? '' : decode(parameter.slice(equals + 1));
    if (name === 'command') command.push(value);
    else if (name === 'container' && value !== '') container = value;
    else if (name === 'tty' && value === 'true') interactive = true;
  }
  return { command, container, interactive };
}

/** Form decoding; what is not valid stays as it is. */
function decode(value: string): string {
  if (!value.includes('%') && !value.includes('+')) return value;
  const spaced = value.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch (error) {
    if (error instanceof URIError) return spaced;
    throw error;
  }
}
