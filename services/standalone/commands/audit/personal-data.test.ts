import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codecs } from '#shared/avro/codecs.ts';
import type { EcsDocument } from '#shared/event/ecs.ts';
import { signalsOf } from '#shared/ingest/signals.ts';
import { catalogue } from '#shared/ledger/records/catalogue.ts';
import { splitFacts } from '#shared/ledger/records/leaf.ts';
import { createDetector } from '#shared/sigma/create-detector.ts';
import { loadRuleSet } from '#shared/sigma/set/load.ts';
import { detectionOf } from '../../../auditor/derived-records.ts';
import { allFormats } from '../../events/all-formats.ts';
import { readEventFile } from '../../events/read-file.ts';

const root = join(import.meta.dirname, '../../../..');

const mail = fc.emailAddress();
const fullName = fc
  .tuple(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }))
  .map((parts) => parts.join(', '));
const types = Object.keys(catalogue).map((type) => type.replace('*', 'x'));
const factNames = [...new Set(Object.values(catalogue).flatMap(({ facts }) => Object.keys(facts)))];

test('whatever the record, no fact of a leaf can hold a mail address or a full name', () => {
  const given = fc.record({
    type: fc.constantFrom(...types),
    fact: fc.constantFrom(...factNames).map((fact) => fact.replace('*', 'x')),
    value: fc.oneof(mail, fullName),
  });
  fc.assert(
    fc.property(given, ({ type, fact, value }) => {
      expect(splitFacts(type, { [fact]: value }).shown).toEqual({});
    }),
    { numRuns: Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 1_000) },
  );
});

/** Names and addresses of people in a document. */
function peopleOf({ user, source, client }: EcsDocument): string[] {
  return [user?.name, user?.email, user?.full_name, source?.ip, client?.ip]
    .flat()
    .filter((each) => each !== undefined);
}

test('the leaves of the demonstration name nobody', { timeout: 120_000 }, async () => {
  const result = await loadRuleSet(join(root, 'rules'));
  if (result.kind === 'refused') throw new Error('the rules are refused');
  const detector = createDetector(result.set);
  const secret = Buffer.alloc(32, 1);
  const entries = readEventFile(join(root, 'test/fixtures/demo/stream.ndjson'), {
    formats: allFormats(),
    family: undefined,
    scope: 'acme',
  });
  const people = new Set<string>();
  const words = new Set<string>();
  for (const event of entries.flatMap(({ events }) => events)) {
    for (const person of peopleOf(event.document)) people.add(person);
    const marks = [...event.marks, ...detector.detect(event)];
    for (const signal of signalsOf({ ...event, marks }, detector.signal_fields)) {
      const value = codecs.signal.encode(signal);
      const record = {
        topic: 'signals',
        partition: 0,
        offset: 0n,
        timestamp_ms: 0,
        key: undefined,
        headers: {},
        value,
      };
      const derived = detectionOf(record, secret);
      if (derived.kind !== 'value') throw new Error(derived.reason);
      // What says nothing alone has no leaf.
      if (derived.value === undefined) continue;
      const { shown } = splitFacts(derived.value.type, derived.value.facts);
      for (const each of Object.values(shown).flatMap((text) => text.split(' '))) words.add(each);
    }
  }
  expect(words.size).toBeGreaterThan(20);
  expect(people.size).toBeGreaterThan(5);
  // Accounts of workloads are machines; they have a form of their own.
  const named = [...people].filter((person) => !person.startsWith('system:') && words.has(person));
  expect(named).toEqual([]);
});
