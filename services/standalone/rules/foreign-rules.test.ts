import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Family } from '#shared/avro/types.generated.ts';
import { ingest } from '#shared/ingest/testing/harness.ts';
import { createDetector } from '#shared/sigma/create-detector.ts';
import { rulesRefused } from '#shared/sigma/refused.ts';
import { readRuleFiles } from '#shared/sigma/set/load.ts';
import { buildRuleSet, type RuleSet } from '#shared/sigma/set/rule-set.ts';
import { conversionGaps } from '#shared/sigma/testing/convert-check.ts';
import { allFormats } from '../events/all-formats.ts';
import { eventModel } from './event-model.ts';

const pipelines = await readRuleFiles(join(import.meta.dirname, '../../../rules/pipelines'));
const shared = process.env['BREAKWATER_SHARED'] ?? join(import.meta.dirname, '../../../../shared');
const corpus = join(shared, 'sigma/sigmahq/rules');

/** Rules in the words of SigmaHQ: its log sources, its field names. */
const rules = `
title: zeek dns
logsource: { product: zeek, service: dns }
detection: { q: { query|endswith: .onion.example, qtype_name: A }, condition: q }
---
title: zeek http
logsource: { product: zeek, service: http }
detection: { m: { method: PUT, user_agent|contains: WebDAV }, condition: m }
---
title: zeek smb_files
logsource: { product: zeek, service: smb_files }
detection: { p: { path|contains|all: ['\\\\\\\\', 'ADMIN$'], name|endswith: .tmp }, condition: p }
---
title: zeek kerberos
logsource: { product: zeek, service: kerberos }
detection: { t: { request_type: TGS, cipher: rc4-hmac }, f: { service|startswith: krbtgt }, condition: t and not f }
---
title: zeek dce_rpc
logsource: { product: zeek, service: dce_rpc }
detection: { o: { endpoint: atsvc, operation: JobAdd }, condition: o }
---
title: any zeek log
logsource: { product: zeek }
detection: { a: { id.orig_h: 192.0.2.7 }, condition: a }
---
title: dns of any sensor
logsource: { category: dns }
detection: { q: { query|endswith: .onion.example }, condition: q }
---
title: kubernetes audit
logsource: { product: kubernetes, service: audit }
detection: { v: { verb: delete, objectRef.resource: events }, condition: v }
---
title: linux process
logsource: { product: linux, category: process_creation }
detection: { i: { Image|endswith: /socat, CommandLine|contains: TCP }, condition: i }
`;

function setOf(texts: readonly string[]): RuleSet {
  const sources = texts.map((text, at) => ({ file: `${at}.yml`, text }));
  const result = buildRuleSet([...pipelines.sources, ...sources], pipelines.lists);
  if (result.kind === 'loaded') return result.set;
  throw rulesRefused(result.problems);
}

const detector = createDetector(setOf([rules]));

async function fired(family: Family, record: object): Promise<readonly string[]> {
  const formats = allFormats()[family];
  const { signals } = await ingest({ family, formats, detector: () => detector }, JSON.stringify(record));
  return signals
    .filter(({ rule }) => rule.origin === 'sigma')
    .map(({ rule }) => rule.title)
    .sort();
}

const zeek = (path: string, fields: object): object => ({
  _path: path,
  ts: 1793606436.25,
  uid: 'CHhAvVGS1DHFjwGM9',
  'id.orig_h': '192.0.2.7',
  'id.orig_p': 49152,
  'id.resp_h': '198.51.100.9',
  'id.resp_p': 445,
  ...fields,
});

describe('rules in the words of SigmaHQ fire on our events', () => {
  test.each([
    [
      'dns',
      { query: 'a.onion.example', qtype_name: 'A', proto: 'udp' },
      ['any zeek log', 'dns of any sensor', 'zeek dns'],
    ],
    [
      'http',
      { method: 'PUT', host: 'files.example', uri: '/a', user_agent: 'Microsoft-WebDAV-MiniRedir' },
      ['any zeek log', 'zeek http'],
    ],
    [
      'smb_files',
      { action: 'SMB::FILE_OPEN', path: '\\\\files\\ADMIN$', name: 'x.tmp' },
      ['any zeek log', 'zeek smb_files'],
    ],
    [
      'kerberos',
      { request_type: 'TGS', cipher: 'rc4-hmac', service: 'cifs/files' },
      ['any zeek log', 'zeek kerberos'],
    ],
    ['kerberos', { request_type: 'TGS', cipher: 'rc4-hmac', service: 'krbtgt/EXAMPLE' }, ['any zeek log']],
    ['dce_rpc', { endpoint: 'atsvc', operation: 'JobAdd' }, ['any zeek log', 'zeek dce_rpc']],
    ['conn', { conn_state: 'SF', proto: 'tcp' }, ['any zeek log']],
  ])('Zeek %s', async (path, fields, expected) => {
    expect(await fired('network', zeek(path, fields))).toEqual(expected);
  });

  test('a log is never taken for another, whatever its fields', async () => {
    const query = { query: 'a.onion.example', qtype_name: 'A', method: 'PUT', user_agent: 'WebDAV' };
    expect(await fired('network', zeek('dns', query))).not.toContain('zeek http');
  });

  test('Kubernetes audit', async () => {
    const event = {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'Metadata',
      auditID: '0e002362-b181-452b-a8e7-7abcb987fa7f',
      stage: 'ResponseComplete',
      requestURI: '/api/v1/namespaces/a/events/b',
      verb: 'delete',
      user: { username: 'kim@example.com', groups: [] },
      sourceIPs: ['192.0.2.7'],
      objectRef: { resource: 'events', namespace: 'a', name: 'b', apiVersion: 'v1' },
      responseStatus: { code: 200 },
      requestReceivedTimestamp: '2026-11-02T11:59:00.192848Z',
      stageTimestamp: '2026-11-02T11:59:00.196711Z',
    };
    expect(await fired('admission', event)).toEqual(['kubernetes audit']);
  });

  test('Linux processes', async () => {
    const event = {
      process_exec: {
        process: {
          exec_id: 'd29ya2VyLTE6MTox',
          pid: 7,
          uid: 0,
          binary: '/usr/bin/socat',
          arguments: '- TCP:198.51.100.9:80',
          start_time: '2026-11-02T11:59:00Z',
          pod: { namespace: 'a', name: 'b', container: { id: 'containerd://0123456789abcdef', name: 'c' } },
        },
      },
      node_name: 'worker-1',
      time: '2026-11-02T11:59:00Z',
    };
    expect(await fired('runtime', event)).toEqual(['linux process']);
  });
});

if (!existsSync(corpus))
  process.stderr.write(`SKIPPED: no SigmaHQ rules at ${corpus}; set BREAKWATER_SHARED\\n`);

describe.skipIf(!existsSync(corpus))('SigmaHQ', () => {
  test('every rule for Zeek, Kubernetes and Linux processes can fire on our events', async () => {
    const folders = ['network/zeek', 'application/kubernetes', 'linux/process_creation'];
    const read = await readRuleFiles(folders.map((folder) => join(corpus, folder)));
    const set = setOf(read.sources.map(({ text }) => text));
    expect(set.rules.length).toBeGreaterThan(100);
    expect(conversionGaps(set, eventModel).map(({ title }) => title)).toEqual([]);
  });
});
