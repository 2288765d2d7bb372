import { mayHoldSecrets } from './quick-look.ts';

/** A kind of secret that is recognised by its text. */
export interface SecretPattern {
  readonly name: string;
  /** Global; what is not captured is replaced, captured text around it stays. Linear on any input. */
  readonly pattern: RegExp;
  readonly replacement: string;
}

export const placeholder = '[redacted]';

/** Words after which a value is a secret, in settings, command lines, URLs and JSON inside strings. */
const secretWords =
  'passw(?:or)?d|passphrase|pwd|secret(?:[_-]?key)?|(?:access|auth|refresh|id|session|api|bearer)?[_-]?token|api[_-]?key|' +
  'access[_-]?key|client[_-]?secret|private[_-]?key|connection[_-]?string';

/** What parts words on a command line and in a header. */
const blank = String.raw`[ \t-\r]`;

export const secretPatterns: readonly SecretPattern[] = [
  {
    name: 'private_key',
    pattern: /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
    replacement: placeholder,
  },
  {
    name: 'authorization',
    pattern: new RegExp(
      String.raw`\b((?:bearer|basic|negotiate)(?:${blank}{1,4}|%20|\+))[\w.~+/=-]{8,}`,
      'gi',
    ),
    replacement: `$1${placeholder}`,
  },
  { name: 'jwt', pattern: /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, replacement: placeholder },
  { name: 'github_token', pattern: /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,})/g, replacement: placeholder },
  { name: 'slack_token', pattern: /\bxox[abeoprs]-[\w-]{10,}/g, replacement: placeholder },
  {
    name: 'url_credentials',
    pattern: /\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:@/"']{0,256}):[^\s@/"']{1,256}@/gi,
    replacement: `$1:${placeholder}@`,
  },
  {
    name: 'assigned_secret',
    pattern: new RegExp(
      String.raw`((?:${secretWords})(?:=|%3D|\\?["']\s{0,4}:\s{0,4}|:\s{1,4})(?:\\?["'])?)(?!\[redacted)[^\s"'&,;\\<>(){}[\]]{3,}`,
      'gi',
    ),
    replacement: `$1${placeholder}`,
  },
  {
    name: 'secret_argument',
    pattern: new RegExp(String.raw`(--?(?:${secretWords})${blank}{1,4})(?![-[])[^\s"']{3,}`, 'gi'),
    replacement: `$1${placeholder}`,
  },
];

/**
 * Names of keys, headers and arguments whose value is a secret whatever it looks like. A cookie is one only by its whole
 * name: kernels count sockets with a `socket_cookie`.
 */
const secretName = new RegExp(
  `^(?:(?:--?)?(?:[\\w.-]{0,40}[_-])?(?:${secretWords}|authorization)|\\.?dockerconfigjson|(?:set-)?cookie)$`,
  'i',
);

export function isSecretName(name: string): boolean {
  return name.length <= 64 && secretName.test(name);
}

/** Replaces the secrets in a text; tells which patterns were met through `found`. */
export function redactText(text: string, found: Set<string>): string {
  if (!mayHoldSecrets(text)) return text;
  let result = text;
  for (const { name, pattern, replacement } of secretPatterns) {
    const next = result.replace(pattern, replacement);
    if (next === result) continue;
    found.add(name);
    result = next;
  }
  return result;
}
