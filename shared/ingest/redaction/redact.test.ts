import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JsonObject, isJsonObject, parseJson } from '#shared/event/json.ts';
import { at } from '#shared/event/read.ts';
import { isSecretName, redactText, secretPatterns } from './patterns.ts';
import { mayHoldSecrets } from './quick-look.ts';
import { redact } from './redact.ts';

function clean(record: JsonObject): { value: JsonObject | string; redacted: readonly string[] } {
  return redact(record, JSON.stringify(record));
}

const githubToken = ['ghp', 'abcdefghijklmnopqrstuvwxyz0123456789'].join('_');
const webToken = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiJhbGljZSJ9', 'c2lnbmF0dXJl'].join('.');

describe('texts', () => {
  test.each([
    ['mysql --password=hunter22 -h db', 'mysql --password=[redacted] -h db', 'assigned_secret'],
    ['mysql --password hunter22 -h db', 'mysql --password [redacted] -h db', 'secret_argument'],
    [
      'curl -H "Authorization: Bearer abcdef123456"',
      'curl -H "Authorization: Bearer [redacted]"',
      'authorization',
    ],
    [
      'git clone https://bob:hunter22@git.example/x',
      'git clone https://bob:[redacted]@git.example/x',
      'url_credentials',
    ],
    [
      '/login?user=bob&access_token=abcdef&x=1',
      '/login?user=bob&access_token=[redacted]&x=1',
      'assigned_secret',
    ],
    ['{\\"password\\": \\"hunter22\\"}', '{\\"password\\": \\"[redacted]\\"}', 'assigned_secret'],
    [`token is ${githubToken}`, 'token is [redacted]', 'github_token'],
    [`jwt ${webToken} end`, 'jwt [redacted] end', 'jwt'],
    ['-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----', '[redacted]', 'private_key'],
    ['DB_PASSWORD=hunter22', 'DB_PASSWORD=[redacted]', 'assigned_secret'],
    ['command=--token%3Dabcdef', 'command=--token%3D[redacted]', 'assigned_secret'],
  ])('%s', (text, expected, name) => {
    const found = new Set<string>();
    expect(redactText(text, found)).toBe(expected);
    expect([...found]).toContain(name);
    expect(mayHoldSecrets(text)).toBe(true);
  });

  test.each([
    'secrets "db" is forbidden: User "system:serviceaccount:shop:default" cannot get resource "secrets"',
    '/api/v1/namespaces/shop/serviceaccounts/builder/token',
    'ghcr.io/acme/external-secret:v1.2',
    'authorization.k8s.io/decision',
    'reading /var/run/secrets/kubernetes.io/serviceaccount/token',
    'https://example.com:8443/path@v1',
    // An access key's id is a name; its secret is not.
    'AKIAIOSFODNN7EXAMPLE',
  ])('leaves %s', (text) => {
    expect(redactText(text, new Set())).toBe(text);
  });

  test('whatever a pattern finds, the quick look has seen', () => {
    const words =
      'passwd Passphrase pwd SECRET secret token ID access api private client connection string key bearer Basic ' +
      'negotiate eyJ ghp_ xoxb- github_pat_ https://bob abcdefghijklmnopqrstuvwxyz -- @';
    const word = fc.constantFrom(...words.split(' '));
    const joint = fc.constantFrom(
      '',
      '_',
      '-',
      ' ',
      '\t',
      '\u00a0',
      '=',
      '%3D',
      '%20',
      '+',
      ':',
      '"',
      '\\"',
      '.',
    );
    const text = fc.array(fc.tuple(word, joint), { maxLength: 8 }).map((pieces) => pieces.flat().join(''));
    fc.assert(
      fc.property(text, (sought) => {
        const isFound = secretPatterns.some(({ pattern }) => sought.search(pattern) !== -1);
        expect(mayHoldSecrets(sought) || !isFound).toBe(true);
      }),
      { numRuns: Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 2000) },
    );
  });

  test('once redacted, nothing more is found', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('password=', 'token: ', '--secret ', 'Bearer '),
        (text, prefix) => {
          const once = redactText(prefix + text, new Set());
          expect(redactText(once, new Set())).toBe(once);
        },
      ),
    );
  });
});

test('names of secrets', () => {
  for (const name of [
    'password',
    'DB_PASSWORD',
    'x-api-key',
    'Authorization',
    'Set-Cookie',
    'client_secret',
    'secretKey',
    '--token',
    '.dockerconfigjson',
  ]) {
    expect(isSecretName(name)).toBe(true);
    expect(mayHoldSecrets(JSON.stringify({ [name]: 1 }))).toBe(true);
  }
  for (const name of ['secretName', 'tokenExpirationSeconds', 'subresource', 'key', 'passwordPolicy']) {
    expect(isSecretName(name)).toBe(false);
  }
});

describe('records', () => {
  test('bodies of Secrets and ConfigMaps keep their keys', () => {
    const { value, redacted } = clean({
      requestObject: { kind: 'Secret', data: { user: 'Ym9i', password: 'aHVudGVy' }, type: 'Opaque' },
      responseObject: { kind: 'ConfigMap', data: { 'app.conf': 'x=1' } },
    });
    expect(value).toEqual({
      requestObject: { kind: 'Secret', data: { user: '[redacted]', password: '[redacted]' }, type: 'Opaque' },
      responseObject: { kind: 'ConfigMap', data: { 'app.conf': '[redacted]' } },
    });
    expect(redacted).toEqual(['kubernetes_config_map', 'kubernetes_secret']);
  });

  test('environment variables keep their names, token requests and last-applied lose their content', () => {
    const { value } = clean({
      spec: {
        containers: [
          {
            env: [
              { name: 'A', value: 'b' },
              { name: 'C', valueFrom: { secretKeyRef: { key: 'k' } } },
            ],
          },
        ],
      },
      responseObject: { kind: 'TokenRequest', status: { token: 'abc', expirationTimestamp: 't' } },
      metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"a":1}', b: 'c' } },
      process: { environment_variables: [{ key: 'PATH', value: '/bin' }], env: ['TOKEN=abc'] },
      args: [{ name: 'envp', type: 'const char*const*', value: ['PATH=/bin', 'A'] }],
      output_fields: { 'proc.env': 'PATH=/bin TOKEN=abc' },
    });
    expect(value).toEqual({
      spec: {
        containers: [
          {
            env: [
              { name: 'A', value: '[redacted]' },
              { name: 'C', valueFrom: { secretKeyRef: { key: 'k' } } },
            ],
          },
        ],
      },
      responseObject: { kind: 'TokenRequest', status: { token: '[redacted]', expirationTimestamp: 't' } },
      metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '[redacted]', b: 'c' } },
      process: {
        environment_variables: [{ key: 'PATH', value: '[redacted]' }],
        env: ['TOKEN=[redacted]'],
      },
      args: [{ name: 'envp', type: 'const char*const*', value: ['PATH=[redacted]', 'A'] }],
      output_fields: { 'proc.env': 'PATH=[redacted] TOKEN=[redacted]' },
    });
  });

  test('headers, arguments and scanner matches with their neighbouring lines', () => {
    const { value, redacted } = clean({
      headers: [
        { key: 'Cookie', value: 'session=1' },
        { key: 'Accept', value: '*/*' },
      ],
      args: ['--user', 'bob', '--password', 'hunter22'],
      Secrets: [
        { RuleID: 'aws', Match: 'AWS_KEY=****', Code: { Lines: [{ Content: 'password is on this line' }] } },
      ],
      report: { secrets: [{ ruleID: 'x', match: 'abc' }] },
    });
    expect(value).toEqual({
      headers: [
        { key: 'Cookie', value: '[redacted]' },
        { key: 'Accept', value: '*/*' },
      ],
      args: ['--user', 'bob', '--password', '[redacted]'],
      Secrets: [{ RuleID: 'aws', Match: '[redacted]', Code: null }],
      report: { secrets: [{ ruleID: 'x', match: '[redacted]' }] },
    });
    expect(redacted).toEqual(['named_secret', 'scanner_match', 'secret_argument']);
  });

  test('the cookie of a socket is a number of the kernel', () => {
    const record = { flow: { socket_cookie: '8868830' }, sock_arg: { saddr: '10.0.0.1', cookie: '184466' } };
    expect(clean(record).redacted).toEqual([]);
    expect(clean({ sock_arg: { cookie: 'session=1' } }).redacted).toEqual(['named_secret']);
  });

  test('what holds no secret is not touched', () => {
    const record = { verb: 'get', user: { username: 'alice' } };
    const { value, redacted } = clean(record);
    expect(value).toBe(record);
    expect(redacted).toEqual([]);
  });

  test("a kernel's socket cookie is a number, a browser's cookie is a secret", () => {
    const { value, redacted } = clean({ socket_cookie: '8868830', headers: { Cookie: 'id=abcdef' } });
    expect(value).toEqual({ socket_cookie: '8868830', headers: { Cookie: '[redacted]' } });
    expect(redacted).toEqual(['named_secret']);
  });

  test('keys that are hostile stay data', () => {
    const parsed = parseJson('{"__proto__":{"password":"x"},"constructor":{"password":"y"}}');
    if (parsed.kind !== 'ok' || !isJsonObject(parsed.value)) throw new Error('not parsed');
    const { value } = redact(parsed.value, parsed.text);
    expect(JSON.stringify(value)).toBe(
      '{"__proto__":{"password":"[redacted]"},"constructor":{"password":"[redacted]"}}',
    );
    expect(at({}, 'password')).toBeUndefined();
  });
});
