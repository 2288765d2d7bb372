import fc from 'fast-check';
import type {
  AuditRecord,
  Decision,
  Event,
  Fact,
  Incident,
  Signal,
  TimelineEntry,
} from './types.generated.ts';

/** Generators of valid records, for property tests. */
const text = fc.string({ unit: 'grapheme' });
const texts = fc.array(text, { maxLength: 5 });
const map = fc.dictionary(text, text, { maxKeys: 5, noNullPrototype: true });
const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const int = fc.integer();
const family = fc.constantFrom('scanner', 'admission', 'runtime', 'network', 'inventory');

export const auditRecords: fc.Arbitrary<AuditRecord> = fc.record({
  tenant: text,
  producer: text,
  sequence: long,
  time_ns: long,
  type: text,
  outcome: fc.constantFrom('success', 'failure', 'unknown'),
  facts: map,
  body: fc.option(fc.uint8Array().map((bytes) => Buffer.from(bytes))),
});

export const decisions: fc.Arbitrary<Decision> = fc.record({
  id: text,
  scope: text,
  time_ns: long,
  actor: text,
  action: fc.constantFrom('assign', 'comment', 'close', 'merge', 'split'),
  incident: text,
  arguments: map,
  reason: text,
});

export const events: fc.Arbitrary<Event> = fc.record({
  id: text,
  hash: text,
  scope: text,
  family,
  format: text,
  dataset: text,
  time_ns: long,
  source: fc.record({ topic: text, partition: int, offset: long }),
  document: text,
});

export const facts: fc.Arbitrary<Fact> = fc.record({
  id: text,
  scope: text,
  a: text,
  relation: fc.constantFrom('is', 'part_of', 'spawned'),
  b: text,
  from_ns: long,
  to_ns: fc.option(long),
  confidence: int,
  source_hash: text,
});

export const incidents: fc.Arbitrary<Incident> = fc.record({
  id: text,
  scope: text,
  write_version: long,
  status: fc.constantFrom('candidate', 'open', 'merged'),
  document: text,
});

export const signals: fc.Arbitrary<Signal> = fc.record({
  id: text,
  scope: text,
  time_ns: long,
  family,
  rule: fc.record({
    id: text,
    title: text,
    level: fc.constantFrom('low', 'critical'),
    origin: fc.constantFrom('tool', 'posture'),
    sha256: text,
  }),
  score: fc.double({ noNaN: true }),
  tactics: texts,
  techniques: texts,
  actors: texts,
  targets: texts,
  class: fc.constantFrom('bridge', 'context'),
  opener: fc.boolean(),
  first_only: fc.boolean(),
  event: fc.record({ id: text, hash: text, dataset: text }),
  summary: text,
  fields: map,
  parts: texts,
});

export const timelineEntries: fc.Arbitrary<TimelineEntry> = fc.record({
  event_id: text,
  scope: text,
  write_version: long,
  document: fc.option(text),
});
