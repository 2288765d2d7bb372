import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { text } from '#shared/event/read.ts';
import { redactKubernetesObject } from './kubernetes.ts';
import { isSecretName, placeholder, redactText } from './patterns.ts';
import { mayHoldSecrets } from './quick-look.ts';

/** A record without secrets, and the names of what was taken out. */
export interface Redacted<Value> {
  readonly value: Value;
  /** Pattern names, in alphabetical order; empty when nothing was changed, then `value` is the input itself. */
  readonly redacted: readonly string[];
}

const nothing: readonly string[] = [];

/**
 * Takes secrets out of a tool's record, before anything reads it: by structure (bodies of Secrets and ConfigMaps,
 * environment variables, token reviews, scanner matches and the lines around them), by the name of a key, header or
 * argument, and by the look of a text.
 * @param source the text that `value` was parsed from, for the quick look
 */
export function redact<Value extends JsonObject | string>(
  value: Value,
  source: string,
): Redacted<Value | JsonObject | string> {
  if (!mayHoldSecrets(source)) return { value, redacted: nothing };
  const found = new Set<string>();
  const clean = typeof value === 'string' ? redactText(value, found) : redactObject(value, found);
  return found.size === 0 ? { value, redacted: nothing } : { value: clean, redacted: [...found].sort() };
}

function redactValue(value: JsonValue, found: Set<string>): JsonValue {
  if (typeof value === 'string') return value.length < 4 ? value : redactText(value, found);
  if (isList(value)) return redactList(value, found);
  return isJsonObject(value) ? redactObject(value, found) : value;
}

function redactObject(value: JsonObject, found: Set<string>): JsonObject {
  const known = redactKubernetesObject(value, found);
  let copy: Record<string, JsonValue> | undefined;
  for (const key in known) {
    const before = known[key] ?? null;
    const after = redactMember(known, key, before, found);
    if (after === before) continue;
    copy ??= { ...known };
    Object.defineProperty(copy, key, { value: after, enumerable: true, writable: true, configurable: true });
  }
  return copy ?? known;
}

function redactMember(owner: JsonObject, key: string, value: JsonValue, found: Set<string>): JsonValue {
  if (typeof value === 'string') {
    if (value === '' || value.startsWith(placeholder)) return value;
    if (isSocketCookie(owner, key)) return value;
    if (isSecretName(key) || (key === 'value' && namesSecret(owner))) return hide('named_secret', found);
    if (isScannerMatch(owner, key)) return hide('scanner_match', found);
    if (key === 'proc.env')
      return value.replace(/(\S+?)=\S*/g, (_, name: string) => `${name}=${hide('environment', found)}`);
  } else if (isList(value) && isEnvironment(owner, key)) {
    return redactEnvironment(value, found);
  } else if (
    key === 'Code' &&
    owner['RuleID'] !== undefined &&
    owner['Match'] !== undefined &&
    value !== null
  ) {
    found.add('scanner_match');
    return null;
  }
  return redactValue(value, found);
}

function hide(name: string, found: Set<string>): string {
  found.add(name);
  return placeholder;
}

/** The kernel numbers sockets with what it calls cookies; Hubble and Tetragon pass them on, and they are no secret. */
function isSocketCookie(owner: JsonObject, key: string): boolean {
  return key === 'socket_cookie' || (key === 'cookie' && owner['saddr'] !== undefined);
}

/** `{name|key: 'Authorization', value: …}`, as headers are listed. */
function namesSecret(owner: JsonObject): boolean {
  const name = text(owner['name']) ?? text(owner['key']);
  return name !== undefined && isSecretName(name);
}

/** Trivy's secret findings: `Match` is masked, but not always well. */
function isScannerMatch(owner: JsonObject, key: string): boolean {
  if (key === 'Match') return owner['RuleID'] !== undefined;
  return key === 'match' && owner['ruleID'] !== undefined;
}

/** Of containers (`env`), of processes (Tetragon), of calls (Tracee: `{name: 'env', value}`). */
function isEnvironment(owner: JsonObject, key: string): boolean {
  if (key === 'env' || key === 'environment_variables') return true;
  return key === 'value' && (owner['name'] === 'env' || owner['name'] === 'envp');
}

/** Environment variables keep their names. */
function redactEnvironment(variables: readonly JsonValue[], found: Set<string>): JsonValue {
  return variables.map((variable) => {
    if (typeof variable === 'string') {
      const equals = variable.indexOf('=');
      if (equals === -1) return variable;
      return `${variable.slice(0, equals)}=${hide('environment', found)}`;
    }
    if (!isJsonObject(variable) || typeof variable['value'] !== 'string' || variable['value'] === '')
      return variable;
    return { ...variable, value: hide('environment', found) };
  });
}

/** A list; an argument that names a secret hides the next one. */
function redactList(items: readonly JsonValue[], found: Set<string>): JsonValue {
  let copy: JsonValue[] | undefined;
  for (let index = 0; index < items.length; index++) {
    const before = items[index] ?? null;
    const previous = items[index - 1];
    const argument = typeof before === 'string' && typeof previous === 'string' && previous.startsWith('-');
    const after =
      argument && !before.startsWith('-') && isSecretName(previous)
        ? hide('secret_argument', found)
        : redactValue(before, found);
    if (after === before) continue;
    copy ??= [...items];
    copy[index] = after;
  }
  return copy ?? items;
}
