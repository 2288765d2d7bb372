import { createLiteralFinder } from './literal-finder.ts';

/** What follows the name of a secret where its value comes next: in JSON, settings, command lines and URLs. */
const ends = ['"', "'", '\\', '=', ':', '%', ' ', '\t', '\n', '\v', '\f', '\r'];
/** What the words of a name are joined with. */
const joints = ['_', '-', ' ', ''];

/** At least one of these is in whatever this package takes out, but for credentials in URLs. */
const literals: readonly string[] = [
  'passw',
  'passphrase',
  ...each('pwd', ends),
  ...each('secret', ends),
  ...each('token', ends),
  ...['secret', 'api', 'access', 'private'].flatMap((word) => each(word, joints, 'key')),
  ...each('connection', joints, 'string'),
  'bearer',
  ...each('basic', ['+', ...ends]),
  ...each('negotiate', ['+', ...ends]),
  'authorization"',
  '"cookie"',
  'set-cookie"',
  'eyJ',
  ...each('gh', ['p', 'o', 'u', 's', 'r'], '_'),
  'github_pat',
  'xox',
  '"env"',
  '"envp"',
  'proc.env"',
  'environment_variables"',
  'last-applied',
  'configmap"',
  'dockerconfigjson',
  '"match"',
];

function each(start: string, middles: readonly string[], end = ''): readonly string[] {
  return middles.map((middle) => start + middle + end);
}

const holdsLiteral = createLiteralFinder(literals);
const urlCredentials = /:\/\/[^\s/"]{1,256}@/;

/**
 * One look over a whole record, or one of its texts: false when nothing in it can be a secret, so that most are not read
 * again. Covers every pattern, secret name and structure of this package.
 */
export function mayHoldSecrets(text: string): boolean {
  return holdsLiteral(text) || (text.includes('@') && urlCredentials.test(text));
}
