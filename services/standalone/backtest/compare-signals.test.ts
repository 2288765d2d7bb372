import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareSignals } from './compare-signals.ts';
import type { FoundSignal } from './found-signals.ts';
import { tallyRules } from './tally.ts';

function signal(id: string, rule = 'r', level = 'low', actors: readonly string[] = []): FoundSignal {
  return {
    '@timestamp': `2026-11-16T09:00:0${id}Z`,
    message: `event ${id}`,
    event: { id: `e${id}`, dataset: 'falco.alerts' },
    rule: { id: rule, name: `Rule ${rule}` },
    threat: { tactic: { name: [] }, technique: { id: [] } },
    signal: {
      id: `${rule}${id}`,
      level,
      origin: 'sigma',
      score: 20,
      class: 'attach',
      actors: [...actors],
      targets: [],
      parts: [],
    },
  };
}

function byId(...signals: readonly FoundSignal[]): ReadonlyMap<string, FoundSignal> {
  return new Map(signals.map((each) => [each.signal.id, each]));
}

test('says what appeared, vanished and changed, and in what', () => {
  const before = byId(signal('1'), signal('2'), signal('3', 'r', 'low', ['pod:a']));
  const after = byId(signal('2'), signal('3', 'r', 'high', ['pod:a', 'pod:b']), signal('4'));
  expect(
    compareSignals(before, after).map(({ change, event_id, differences }) => [change, event_id, differences]),
  ).toEqual([
    ['vanished', 'e1', []],
    [
      'changed',
      'e3',
      [
        { field: 'level', before: 'low', after: 'high' },
        { field: 'actors', before: ['pod:a'], after: ['pod:a', 'pod:b'] },
      ],
    ],
    ['appeared', 'e4', []],
  ]);
});

test('is empty for the same signals and mirrored when the sets are exchanged, whatever their order', () => {
  const any = fc.subarray(['1', '2', '3', '4'].flatMap((id) => [signal(id), signal(id, 'q')]));
  fc.assert(
    fc.property(any, any, (some, others) => {
      const shuffledSame = compareSignals(byId(...some), byId(...some.toReversed()));
      expect(shuffledSame).toEqual([]);
      const there = compareSignals(byId(...some), byId(...others));
      const back = compareSignals(byId(...others), byId(...some));
      const mirrored = back.map((each) => ({
        ...each,
        change: each.change === 'appeared' ? 'vanished' : 'appeared',
      }));
      expect(mirrored).toEqual(there);
    }),
  );
});

test('counts by rule, those on trial first, and says what a day would bring', () => {
  const before = byId(signal('1'), signal('2'), signal('3', 'q'));
  const after = byId(signal('3', 'q'), signal('4', 'n'));
  const trial = [
    { id: 'n', title: 'New', level: 'high', kind: 'rule', state: 'new' },
    { id: 's', title: 'Silent', level: 'low', kind: 'rule', state: 'changed' },
    { id: 'f', title: 'Filter', level: 'low', kind: 'filter', state: 'new' },
  ] as const;
  const tallies = tallyRules(before, after, compareSignals(before, after), trial, 12);
  expect(
    tallies.map(({ rule, on_trial, before: old, after: now, before_per_day, after_per_day }) => [
      rule,
      on_trial,
      old,
      now,
      before_per_day,
      after_per_day,
    ]),
  ).toEqual([
    ['New', 'new', 0, 1, 0, 2],
    ['Silent', 'changed', 0, 0, 0, 0],
    ['Rule r', undefined, 2, 0, 4, 0],
    ['Rule q', undefined, 1, 1, 2, 2],
  ]);
});
