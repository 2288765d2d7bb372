import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { describeIncident } from './incident-text.ts';
import { foundIncidents } from './incidents.ts';

const incident = {
  incident: {
    id: 'abc',
    status: 'open',
    title: 'shop/web: shell in container → secrets read',
    score: 81.5,
    severity: 73,
    first: '2026-11-16T09:41:12.000545306Z',
    last: '2026-11-16T09:43:54.000000000Z',
    events_count: 2,
    tactics: ['execution', 'credential-access'],
    techniques: ['T1059'],
    families: ['admission', 'runtime'],
    opened_because: { kind: 'score' },
    score_terms: [
      { term: 'signal', points: 70, title: 'Shell in container' },
      { term: 'families', points: 5, count: 2 },
      { term: 'benign', points: -3.5, signals: 1 },
    ],
    root_cause: { summary: 'a shell', time: '2026-11-16T09:41:12.000545306Z' },
    could_not_see: [{}],
  },
};

const row = (time: string, message: string, why: { link: string; entity?: string }) => ({
  '@timestamp': time,
  message,
  event: { id: 'e', dataset: 'falco.alerts', hash: 'h' },
  incident: { id: 'abc' },
  breakwater: { family: 'runtime', class: 'bridge', level: 'high', why },
});

it('tells an incident from what to why, in order of time', () => {
  const rows = [
    row('2026-11-16T09:43:54.000000000Z', 'secrets read', { link: 'actor', entity: 'pod:1b8b' }),
    row('2026-11-16T09:41:12.000545306Z', 'a shell', { link: 'first' }),
  ];
  const [found] = foundIncidents([incident], rows);
  if (found === undefined) throw new Error('nothing found');
  expect(stripVTControlCharacters(describeIncident(found)).split('\n')).toEqual([
    'shop/web: shell in container → secrets read',
    '  incident    abc (open, opened by score)',
    '  score       81.5 of 100, severity high',
    '  when        11-16 09:41:12.000 to 11-16 09:43:54.000, 2 events from admission, runtime',
    '  kill chain  execution → credential-access',
    '  techniques  T1059',
    '  root cause  a shell',
    '  blind spots 1, see incident.could_not_see',
    '',
    '  Why this score',
    '     +70.0  Shell in container',
    '      +5.0  seen by 2 families of tools',
    '      -3.5  1 signals known to be benign',
    '',
    '  Timeline (UTC)',
    '    11-16 09:41:12.000  runtime    H  a shell',
    '                                    the first signal',
    '    11-16 09:43:54.000  runtime    H  secrets read',
    '                                    same actor: pod 1b8b',
    '',
  ]);
});

it('refuses documents of another shape instead of showing half of them', () => {
  expect(() => foundIncidents([{ incident: { id: 'abc' } }], [])).toThrow();
});
