import { expect, test } from 'vitest';
import { codecs } from '#shared/avro/codecs.ts';
import type { OutgoingRecord, StreamWriter } from '#shared/kafka/port.ts';
import type { AuditEntry } from './audit-trail.ts';
import { createAuditTrail } from './kafka-audit-trail.ts';

function entry(tenant: string, type: string): AuditEntry {
  return { tenant, type, time_ns: 5n, outcome: 'success', facts: { a: 'b' } };
}

/** A writer whose sends fail while `down`; a failed send may still have arrived. */
function createWriter() {
  const state = { down: false, arrived: [] as OutgoingRecord[], sends: 0 };
  const writer: StreamWriter = {
    send: async (records) => {
      state.sends += 1;
      await Promise.resolve();
      state.arrived.push(...records);
      if (state.down) throw new Error('no acknowledgement');
    },
    close: () => Promise.resolve(),
  };
  const numbers = (): string[] =>
    state.arrived.map(({ key, value }) => {
      const record = codecs.auditRecord.decode(value ?? Buffer.alloc(0));
      return `${String(key)} ${record.sequence} ${record.type}`;
    });
  return { state, writer, numbers };
}

test('entries are numbered from 0 for each tenant', async () => {
  const { writer, numbers } = createWriter();
  const trail = createAuditTrail({ writer, producer: 'runtime/1' });
  await trail.record([entry('a', 'x'), entry('b', 'y')]);
  await trail.record([entry('a', 'z')]);
  expect(numbers()).toEqual(['a 0 x', 'b 0 y', 'a 1 z']);
});

test('calls made during a send share the next one', async () => {
  const { state, writer, numbers } = createWriter();
  const trail = createAuditTrail({ writer, producer: 'runtime/1' });
  const first = trail.record([entry('a', '0')]);
  await Promise.resolve();
  await Promise.all([first, ...['1', '2', '3', '4'].map((type) => trail.record([entry('a', type)]))]);
  expect(numbers()).toEqual(['a 0 0', 'a 1 1', 'a 2 2', 'a 3 3', 'a 4 4']);
  expect(state.sends).toBeLessThanOrEqual(2);
});

test('a number that may have arrived is never given to another entry', async () => {
  const { state, writer, numbers } = createWriter();
  const trail = createAuditTrail({ writer, producer: 'runtime/1' });
  state.down = true;
  const entries = [entry('a', 'first')];
  await expect(trail.record(entries)).rejects.toThrow('no acknowledgement');
  await expect(trail.record([entry('a', 'second')])).rejects.toThrow('no acknowledgement');
  state.down = false;
  state.arrived = [];
  await trail.record(entries);
  expect(numbers()).toEqual(['a 0 first', 'a 1 second']);
});

test('waiting entries are bounded', async () => {
  const { state, writer } = createWriter();
  const trail = createAuditTrail({ writer, producer: 'runtime/1' });
  state.down = true;
  const many = Array.from({ length: 10_000 }, () => entry('a', 'x'));
  await expect(trail.record(many)).rejects.toThrow('no acknowledgement');
  await expect(trail.record([entry('a', 'y')])).rejects.toMatchObject({ code: 'BW_AUDIT_BACKLOG' });
});
