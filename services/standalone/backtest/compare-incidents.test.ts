import { describe, expect, it } from 'vitest';
import { type FoundIncident, foundIncidents } from '../report/incidents.ts';
import { compareIncidents } from './compare-incidents.ts';

interface Wanted {
  readonly id: string;
  readonly score?: number;
  readonly events: readonly string[];
  readonly terms?: readonly { readonly title: string; readonly points: number }[];
}

function incidents(...wanted: readonly Wanted[]): readonly FoundIncident[] {
  const documents = wanted.map(({ id, score = 80, events, terms = [] }) => ({
    incident: {
      id,
      status: 'open',
      title: `incident ${id}`,
      score,
      severity: 73,
      first: '2026-11-16T09:00:00Z',
      last: '2026-11-16T10:00:00Z',
      events_count: events.length,
      tactics: [],
      techniques: [],
      families: ['runtime'],
      opened_because: { kind: 'score' },
      score_terms: terms.map((term) => ({ term: 'signal', ...term })),
      root_cause: { summary: 's', time: '2026-11-16T09:00:00Z' },
      could_not_see: [],
    },
  }));
  const rows = wanted.flatMap(({ id, events }) =>
    events.map((event) => ({
      '@timestamp': '2026-11-16T09:00:00Z',
      message: `event ${event}`,
      event: { id: event, dataset: 'falco.alerts', hash: event },
      incident: { id },
      breakwater: { family: 'runtime', class: 'bridge', level: 'high', why: { link: 'first' } },
    })),
  );
  return foundIncidents(documents, rows);
}

describe('two sets of incidents', () => {
  it('are the same when nothing changed', () => {
    const same = incidents({ id: 'a', events: ['1'] }, { id: 'b', events: ['2'] });
    expect(compareIncidents(same, incidents({ id: 'b', events: ['2'] }, { id: 'a', events: ['1'] }))).toEqual(
      [],
    );
  });

  it('show what came, what went, and why a score is another', () => {
    const before = incidents(
      { id: 'a', events: ['1', '2'], score: 90, terms: [{ title: 'Shell', points: 40 }] },
      { id: 'gone', events: ['8'] },
    );
    const after = incidents(
      { id: 'a', events: ['2', '3'], score: 60, terms: [{ title: 'Shell', points: 10 }] },
      { id: 'new', events: ['9'], score: 70 },
    );
    const changes = compareIncidents(before, after);
    expect(changes.map(({ change, before: old, after: now }) => [change, old?.score, now?.score])).toEqual([
      ['changed', 90, 60],
      ['vanished', 80, undefined],
      ['appeared', undefined, 70],
    ]);
    expect(changes[0]).toMatchObject({
      events_gained: [{ event_id: '3' }],
      events_lost: [{ event_id: '1' }],
      reasons: [{ reason: 'Shell', before: 40, after: 10 }],
    });
  });

  it('compare an incident that has another id with the one that shares most of its events', () => {
    const before = incidents({ id: 'a', events: ['1', '2', '3'] });
    const after = incidents({ id: 'x', events: ['1'] }, { id: 'y', events: ['2', '3'] });
    const [changed, appeared] = compareIncidents(before, after);
    expect(changed).toMatchObject({ change: 'changed', before: { id: 'a' }, after: { id: 'y' } });
    expect(changed?.shares_events_with).toEqual(['x']);
    expect(appeared).toMatchObject({ change: 'appeared', after: { id: 'x' }, shares_events_with: ['a'] });
  });

  it('say of a merge which incident took the events of the other', () => {
    const before = incidents({ id: 'a', events: ['1', '2'] }, { id: 'b', events: ['3'] });
    const after = incidents({ id: 'a', events: ['1', '2', '3'] });
    expect(compareIncidents(before, after)).toMatchObject([
      { change: 'changed', before: { id: 'a' }, shares_events_with: ['b'] },
      { change: 'vanished', before: { id: 'b' }, shares_events_with: ['a'] },
    ]);
  });
});
