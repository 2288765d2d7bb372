import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Conservation, tallyOf } from './conservation.ts';
import type { Outcome } from './outcome.ts';

const anyOutcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constant<Outcome>({ kind: 'ok', outputs: [] }),
  fc.constant<Outcome>({ kind: 'duplicate' }),
  fc.constantFrom('policy.a', 'policy.b').map((reason): Outcome => ({ kind: 'drop', reason })),
  fc
    .constantFrom('format.unknown', 'json.malformed')
    .map((reason): Outcome => ({ kind: 'reject', reason, detail: '' })),
);

describe('conservation', () => {
  it('in = ok + duplicate + drop + reject + in flight, after every step', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyOutcome)), fc.nat(), (batches, unsettled) => {
        const conservation = new Conservation();
        let open = 0;
        batches.forEach((outcomes, index) => {
          conservation.read(outcomes.length);
          if (index === unsettled % Math.max(1, batches.length)) open = outcomes.length;
          else conservation.settled(tallyOf(outcomes));
        });
        expect(conservation.in_flight).toBe(open);
        expect(conservation.records_in).toBe(batches.flat().length);
      }),
    );
  });

  it('keeps reasons apart', () => {
    const tally = tallyOf([
      { kind: 'drop', reason: 'a' },
      { kind: 'drop', reason: 'a' },
      { kind: 'reject', reason: 'b', detail: 'x' },
    ]);
    expect(tally).toEqual({ records: 3, ok: 0, duplicate: 0, drop: { a: 2 }, reject: { b: 1 } });
  });
});
