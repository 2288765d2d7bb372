import { describe, expect, test } from 'vitest';
import { type EventOrigin, logsourceKey, logsourceOf, originOf, sensorLogs } from './logsource.ts';

function keyOf(
  family: EventOrigin['family'],
  format: string,
  document: object,
  dataset = `${format}.x`,
): string {
  return logsourceKey(logsourceOf({ family, format, dataset, document }));
}

describe('the log source of an event', () => {
  const started = { event: { category: ['process'], type: ['start'] } };

  test('is the log of the sensor for Zeek and Suricata, as SigmaHQ names it', () => {
    expect(keyOf('network', 'zeek', { event: { provider: 'dns' }, dns: { question: {} } }, 'zeek.logs')).toBe(
      'dns|zeek|dns',
    );
    expect(keyOf('network', 'zeek', { event: { provider: 'http' }, http: {} }, 'zeek.logs')).toBe(
      'webserver|zeek|http',
    );
    expect(keyOf('network', 'zeek', { event: { provider: 'smb_files' }, source: {} }, 'zeek.logs')).toBe(
      'network_connection|zeek|smb_files',
    );
    expect(keyOf('network', 'suricata', { event: { provider: 'tls' }, source: {} }, 'suricata.eve')).toBe(
      'network_connection|suricata|tls',
    );
  });

  test('does not grow with what records claim', () => {
    expect(keyOf('network', 'zeek', { event: { provider: 'my_script_17' }, source: {} })).toBe(
      'network_connection|zeek|other',
    );
    expect(keyOf('network', 'zeek', {})).toBe('|zeek|other');
    expect([...sensorLogs.keys()]).toEqual(['zeek', 'suricata']);
  });

  test('leaves open what a flow sensor cannot know', () => {
    expect(keyOf('network', 'hubble', { event: { provider: 'l7' }, source: {} })).toBe(
      'network_connection|hubble|',
    );
  });

  test('follows what a process did', () => {
    expect(keyOf('runtime', 'falco', started)).toBe('process_creation|linux|falco');
    expect(keyOf('runtime', 'falco', { event: { category: ['file'], type: ['deletion'] } })).toBe(
      'file_delete|linux|falco',
    );
    expect(keyOf('runtime', 'falco', started, 'falco.k8s_audit')).toBe('application|kubernetes|falco');
  });

  test('is the same for an event that was written and read again', () => {
    const document = {
      event: { category: ['network'], type: ['info'], provider: 'dns', dataset: 'zeek.logs' },
      dns: { question: { name: 'example.com' } },
      source: { ip: '192.0.2.1' },
      breakwater: { family: 'network', format: 'zeek' },
    };
    const origin = originOf(document);
    expect(origin && logsourceKey(logsourceOf(origin))).toBe('dns|zeek|dns');
  });
});
