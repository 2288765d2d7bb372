import { describe, expect, it } from 'vitest';
import { type Clock, clocksOf, type Recorded, type RecordedTimes } from './clocks.ts';

const at = (iso: string): Recorded => ({ time_ms: Date.parse(iso), leaf: `log/${iso}` });
const none: RecordedTimes = { aware: undefined, classified_major: undefined, sent: {} };
const as_of_ms = Date.parse('2026-03-10T00:00:00Z');

function find(times: Partial<RecordedTimes>, regime: Clock['regime'], duty: string): Clock {
  const found = clocksOf({ ...none, ...times }, as_of_ms).find(
    (each) => each.regime === regime && each.duty === duty,
  );
  if (found === undefined) throw new Error(duty);
  return found;
}

describe('clocks of reporting duties', () => {
  it('are unknown while nothing that starts them is recorded', () => {
    expect(clocksOf(none, as_of_ms).map(({ state, due }) => [state, due])).toEqual(
      Array.from({ length: 7 }, () => ['unknown', undefined]),
    );
  });

  const aware = at('2026-03-09T10:00:00Z');
  it.each([
    ['nis2', 'early warning', '2026-03-10T10:00:00.000Z', 'running'],
    ['nis2', 'incident notification', '2026-03-12T10:00:00.000Z', 'running'],
    ['gdpr', 'notification of a personal data breach', '2026-03-12T10:00:00.000Z', 'running'],
  ] as const)('%s %s runs from awareness', (regime, duty, due, state) => {
    expect(find({ aware }, regime, duty)).toMatchObject({ due, state, started_by: [aware.leaf] });
  });

  it('are overdue at the moment that they end, met at that moment, late after it', () => {
    const early = at('2026-03-09T00:00:00Z');
    expect(find({ aware: early }, 'nis2', 'early warning').state).toBe('overdue');
    const sent = (iso: string) => ({ aware: early, sent: { nis2: { initial_sent: at(iso) } } });
    expect(find(sent('2026-03-10T00:00:00Z'), 'nis2', 'early warning').state).toBe('met');
    expect(find(sent('2026-03-10T00:00:01Z'), 'nis2', 'early warning').state).toBe('late');
  });

  it.each([
    [
      '4 hours after classification',
      '2026-03-09T10:00:00Z',
      '2026-03-09T12:00:00Z',
      '2026-03-09T16:00:00.000Z',
    ],
    [
      '24 hours after awareness when that is sooner',
      '2026-03-09T10:00:00Z',
      '2026-03-10T09:00:00Z',
      '2026-03-10T10:00:00.000Z',
    ],
    [
      '4 hours after a classification that is later than that',
      '2026-03-01T10:00:00Z',
      '2026-03-09T10:00:00Z',
      '2026-03-09T14:00:00.000Z',
    ],
  ])('DORA: %s', (_name, awareness, classification, due) => {
    const times = { aware: at(awareness), classified_major: at(classification) };
    expect(find(times, 'dora', 'initial notification').due).toBe(due);
  });

  it('DORA asks for nothing before the classification, and goes by it alone without awareness', () => {
    expect(find({ aware }, 'dora', 'initial notification').state).toBe('unknown');
    expect(find({ classified_major: aware }, 'dora', 'initial notification').due).toBe(
      '2026-03-09T14:00:00.000Z',
    );
  });

  it.each([
    ['2026-01-31T08:00:00Z', '2026-02-28T08:00:00.000Z'],
    ['2028-01-31T08:00:00Z', '2028-02-29T08:00:00.000Z'],
    ['2026-12-15T23:59:59Z', '2027-01-15T23:59:59.000Z'],
    ['2026-04-30T00:00:00Z', '2026-05-30T00:00:00.000Z'],
  ])('a month after %s is %s', (sent, due) => {
    const times = { sent: { dora: { intermediate_sent: at(sent) }, nis2: { intermediate_sent: at(sent) } } };
    expect(find(times, 'dora', 'final report').due).toBe(due);
    expect(find(times, 'nis2', 'final report').due).toBe(due);
  });
});
