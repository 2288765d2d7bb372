import { describe, expect, test } from 'vitest';
import type { Draft } from '#shared/event/format.ts';
import { draftOf } from '#shared/ingest/testing/drafts-of.ts';
import { suricata } from './suricata.ts';

const alert = {
  timestamp: '2026-11-02T08:51:03.904572+0000',
  flow_id: 707340661601857,
  in_iface: 'bond0',
  event_type: 'alert',
  src_ip: '10.20.0.11',
  src_port: 53967,
  dest_ip: '192.0.2.199',
  dest_port: 8443,
  proto: 'TCP',
  app_proto: 'tls',
  alert: {
    action: 'allowed',
    gid: 1,
    signature_id: 2036289,
    rev: 2,
    signature: 'ET MALWARE Sliver C2 Framework Style TLS Certificate Observed',
    category: 'A Network Trojan was detected',
    severity: 1,
  },
  tls: { sni: 'sync.cachenode.example', version: 'TLS 1.3' },
  flow: { pkts_toserver: 4, pkts_toclient: 3, bytes_toserver: 812, bytes_toclient: 540 },
};

function level(fields: object, packet: object = {}): string | undefined {
  const draft = draftOf(suricata, { ...alert, ...packet, alert: { ...alert.alert, ...fields } });
  return draft.marks?.[0]?.rule.level;
}

const fromOutside = { src_ip: '203.0.113.66', dest_ip: '10.20.0.11' };

test('an alert: who called whom, over which connection', () => {
  const draft = draftOf(suricata, alert);
  expect(draft.actors).toEqual(['ip:10.20.0.11', 'connection:tcp/*:53967-192.0.2.199:8443']);
  expect(draft.targets).toEqual(['external:192.0.2.199', 'external:cachenode.example']);
  expect(draft.marks?.[0]).toMatchObject({
    rule: { id: 'suricata/2036289', level: 'high', origin: 'tool' },
    tactics: ['command-and-control'],
  });
  expect(draft.document).toMatchObject({
    message:
      'ET MALWARE Sliver C2 Framework Style TLS Certificate Observed: 10.20.0.11:53967 to 192.0.2.199:8443 (TLS sync.cachenode.example), allowed',
    source: { ip: '10.20.0.11', bytes: 812, packets: 4 },
    destination: { ip: '192.0.2.199', bytes: 540, packets: 3 },
    network: { bytes: 1352, packets: 7, direction: 'outbound', protocol: 'tls' },
    rule: { id: '2036289', version: '2' },
    tls: { version: '1.3', client: { server_name: 'sync.cachenode.example' } },
  });
});

describe('levels', () => {
  const exploit = { signature: 'ET EXPLOIT Apache log4j RCE Attempt (CVE-2021-44228)', category: 'x' };
  test.each([
    ['malware inside is serious', {}, {}, 'high'],
    ['severity 2', { severity: 2 }, {}, 'medium'],
    ['blocked is one less', { action: 'blocked' }, {}, 'medium'],
    ['attempts from outside are the weather', exploit, fromOutside, 'low'],
    ['attempts inside are lateral movement', exploit, { dest_ip: '10.20.0.12' }, 'high'],
    ['success from outside', { ...exploit, category: 'Successful User Privilege Gain' }, fromOutside, 'high'],
    ['scans', { signature: 'ET SCAN Potential SSH Scan' }, { dest_ip: '10.20.0.12' }, 'low'],
    ['policy', { signature: 'ETPRO POLICY Large Upload' }, {}, 'low'],
    ['information', { signature: 'ET INFO Lookup' }, {}, 'informational'],
    ['the engine', { signature: 'SURICATA HTTP unable to match' }, {}, 'informational'],
    ['own rules', { signature: 'ACME canary touched', category: '' }, {}, 'high'],
  ])('%s', (_, fields, packet, expected) => {
    expect(level(fields, packet)).toBe(expected);
  });
});

test('metadata names ATT&CK and the CVE', () => {
  const metadata = { mitre_tactic_id: ['TA0001'], mitre_technique_id: ['T1190'], cve: ['CVE_2022_22965'] };
  const draft = draftOf(suricata, { ...alert, alert: { ...alert.alert, metadata } });
  expect(draft.marks?.[0]).toMatchObject({ tactics: ['initial-access'], techniques: ['T1190'] });
  expect(draft.document.vulnerability?.id).toBe('CVE-2022-22965');
});

test('our own host name is nobody to talk to', () => {
  const http = { hostname: 'www.shop.example', url: '/login', xff: '203.0.113.9, 10.0.0.1' };
  const draft = draftOf(suricata, { ...alert, ...fromOutside, tls: undefined, http });
  expect(draft.targets).toEqual(['ip:10.20.0.11']);
  expect(draft.actors).toContain('external:203.0.113.9');
});

describe('DNS', () => {
  const answer = {
    ...alert,
    alert: undefined,
    tls: undefined,
    event_type: 'dns',
    proto: 'UDP',
    src_ip: '10.20.0.11',
    src_port: 57247,
    dest_ip: '192.0.2.53',
    dest_port: 53,
    dns: {
      version: 2,
      type: 'answer',
      rrname: 'a.pool-hashing.example',
      rrtype: 'A',
      rcode: 'NOERROR',
      answers: [{ rrname: 'a.pool-hashing.example', rrtype: 'A', ttl: 60, rdata: '192.0.2.44' }],
    },
  };
  const facts = (draft: Draft) => draft.facts?.map(({ a, b }) => `${a} is ${b}`);

  test('answers resolve names', () => {
    const draft = draftOf(suricata, answer);
    expect(facts(draft)).toEqual(['external:192.0.2.44 is external:pool-hashing.example']);
    expect(draft.document.dns).toMatchObject({ type: 'answer', resolved_ip: ['192.0.2.44'] });
    expect(draft.marks).toBeUndefined();
  });

  test('answers logged from the server are turned', () => {
    const turned = { ...answer, src_ip: '192.0.2.53', src_port: 53, dest_ip: '10.20.0.11', dest_port: 57247 };
    expect(draftOf(suricata, turned).document.source?.ip).toBe('10.20.0.11');
  });

  test('version 3 has a list of queries', () => {
    const dns = { version: 3, type: 'request', queries: [{ rrname: 'x.example.com', rrtype: 'TXT' }] };
    expect(draftOf(suricata, { ...answer, dns }).document.dns?.question).toEqual({
      name: 'x.example.com',
      type: 'TXT',
      registered_domain: 'example.com',
    });
  });
});

test('packets that the sensor lost are said', () => {
  const stats = { capture: { kernel_packets: 100, kernel_drops: 7 }, decoder: { pkts: 93 } };
  const draft = draftOf(suricata, { timestamp: alert.timestamp, event_type: 'stats', stats });
  expect(draft).toMatchObject({ dataset: 'suricata.stats', actors: [] });
  expect(draft.document.message).toBe('Suricata dropped 7 of 100 packets');
});

test('a time without zone is UTC; flow ids keep their digits', () => {
  const text = JSON.stringify({ ...alert, timestamp: '2019-01-02T03:50:11.315110' }).replace(
    '707340661601857',
    '17073406616018571234',
  );
  const draft = draftOf(suricata, text);
  expect(draft.time_ns).toBe(1_546_401_011_315_110_000n);
  expect(draft.dedupe_key).toContain('17073406616018571234');
});

test('recognises EVE only', () => {
  expect(suricata.recognises({ event_type: 'violation', ts: 1 })).toBe(false);
  expect(suricata.recognises({ event_type: 'stats', timestamp: 't', stats: {} })).toBe(true);
});
