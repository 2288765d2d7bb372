import { describe, expect, test } from 'vitest';
import type { Format } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject } from '#shared/event/json.ts';
import { at } from '#shared/event/read.ts';
import { ingest } from '../testing/harness.ts';
import { secretPatterns } from './patterns.ts';

/** Passes on all that it is given, as the most careless format would. */
const careless: Format = {
  name: 'careless',
  family: 'runtime',
  recognises: isJsonObject,
  normalise: (record: JsonObject) => ({
    kind: 'ok',
    drafts: [
      {
        time_ns: undefined,
        dataset: 'careless.events',
        dedupe_key: undefined,
        document: { message: JSON.stringify(record), breakwater: { finding: record } },
        actors: [],
        targets: [],
      },
    ],
  }),
};

const secret = 'hunter22correcthorsebattery';
const joined = (...parts: readonly string[]): string => parts.join('');

/** A record for each kind of secret, by the name that marks it. */
const records: Readonly<Record<string, JsonObject>> = {
  private_key: { text: `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----` },
  authorization: { text: `Authorization: Bearer ${secret}` },
  jwt: { text: joined('eyJhbGciOiJIUzI1NiJ9', '.', 'eyJzdWIiOiJhbGljZSJ9', '.', secret) },
  github_token: { text: joined('ghp', '_', secret) },
  slack_token: { text: joined('xoxb', '-', secret) },
  url_credentials: { url: `https://bob:${secret}@git.example/x` },
  assigned_secret: { url: `https://app.example/login?access_token=${secret}&x=1` },
  secret_argument: { args: ['--password', secret] },
  named_secret: { headers: { 'x-api-key': secret } },
  environment: { spec: { containers: [{ env: [{ name: 'GREETING', value: secret }] }] } },
  scanner_match: { RuleID: 'aws', Match: secret, Code: { Lines: [{ Content: secret }] } },
  kubernetes_secret: { requestObject: { kind: 'Secret', stringData: { a: secret } } },
  kubernetes_config_map: { requestObject: { kind: 'ConfigMap', data: { 'app.conf': secret } } },
  kubernetes_token: { responseObject: { kind: 'TokenRequest', status: { token: secret } } },
  kubernetes_last_applied: {
    metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': secret } },
  },
};

describe('a secret', () => {
  test.each(Object.entries(records))(
    'of the kind %s leaves nothing behind but its name',
    async (name, record) => {
      const { events, documents } = await ingest(
        { family: 'runtime', formats: [careless] },
        JSON.stringify(record),
      );
      expect(at(documents[0], 'breakwater', 'redacted')).toEqual([name]);
      expect(at(documents[0], 'event', 'original')).toContain('[redacted]');
      expect(events[0]?.document).not.toContain(secret);
    },
  );

  test('has a record here, if it is known by its look', () => {
    expect(secretPatterns.map(({ name }) => name).filter((name) => records[name] === undefined)).toEqual([]);
  });

  test('of a record that no format knows is not in the reason either', async () => {
    const { outcomes } = await ingest(
      { family: 'runtime', formats: [] },
      `some line with password=${secret}`,
    );
    expect(JSON.stringify(outcomes)).not.toContain(secret);
  });
});
