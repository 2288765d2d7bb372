import { hash } from 'node:crypto';
import { encodeLeaf, type Leaf } from '#shared/ledger/records/leaf.ts';

/** How often each type comes, of twenty leaves. */
const mix: readonly (readonly [type: string, count: number])[] = [
  ['batch.ingest', 6],
  ['batch.enrich', 4],
  ['detection.fired', 6],
  ['access.read', 3],
  ['incident.changed', 1],
];
const cycle = mix.flatMap(([type, count]) => Array.from({ length: count }, () => type));
const begin_us = 1_790_000_000_000_000;

/** The `index`th leaf of a log as a busy auditor would write it: random ids and hashes, nothing that compresses. */
export function leafAt(log: string, index: number): Buffer {
  const type = cycle[index % cycle.length] ?? 'access.read';
  const time_us = String(begin_us + index * 137);
  return encodeLeaf({
    body: type === 'access.read' ? bodyOf(index) : undefined,
    facts: factsOf(type, index),
    log,
    outcome: 'success',
    producer: 'runtime/4f7a',
    received_us: time_us,
    sequence: String(index),
    source: { offset: String(index), partition: 0, topic: 'audit' },
    tenant: 'acme',
    time_us,
    type,
  });
}

function bodyOf(index: number): Leaf['body'] {
  return { algorithm: 'A256GCM', bytes: 180, commitment: digest('body', index), key: '5f0c7a1b2d3e4f60' };
}

function factsOf(type: string, index: number): Leaf['facts'] {
  if (type.startsWith('batch.')) {
    return {
      duplicate: '2',
      'drop.noise': '11',
      offset_first: String(index * 500),
      offset_last: String(index * 500 + 499),
      ok: '486',
      partition: '0',
      records: '500',
      'reject.malformed': '1',
      root: digest('root', index),
      topic: 'raw.runtime',
    };
  }
  if (type === 'detection.fired') {
    return {
      event: digest('event', index).slice(0, 32),
      event_hash: digest('event', index),
      family: 'runtime',
      level: 'high',
      namespaces: 'shop',
      origin: 'rule',
      parts: '1',
      record_sha256: digest('record', index),
      rule: '2f1d6c1a-6f1e-4f4c-9d8d-8a6f9a5b7c11',
      signal: digest('signal', index).slice(0, 32),
    };
  }
  if (type === 'access.read') return { method: 'GET', route: '/v1/incidents/{id}', status: '200' };
  return { before: 'open', incident: digest('incident', index).slice(0, 32), score: '71', status: 'triaged' };
}

function digest(what: string, index: number): string {
  return hash('sha256', `${what} ${index}`);
}
