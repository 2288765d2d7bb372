import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact, Signal } from '#shared/avro/types.generated.ts';
import { noCorrelations } from '#shared/sigma/correlation/port.ts';
import { smallParameters } from '../../testing/parameters.ts';
import { inputsOf } from '../../testing/play.ts';
import { shellSignal as signal } from '../../testing/signal.ts';
import { start_ns, worldScope } from '../../testing/world-scope.ts';
import { worldArb } from '../../testing/worlds.ts';
import { ScopeFold } from '../fold.ts';
import { defaultParameters } from '../parameters.ts';
import { whyNotText } from './text.ts';
import { explainAcross, explainWhyNot, type WhyNot } from './why-not.ts';

const runs = Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 40);
const never_ns = 2n ** 62n;
const minute_ns = 60_000_000_000n;

function fact(a: string, relation: Fact['relation'], b: string, from: number, to?: number): Fact {
  const time = (minute: number): bigint => start_ns + BigInt(minute) * minute_ns;
  return {
    id: `${a}${relation}${b}`,
    scope: worldScope,
    a,
    relation,
    b,
    from_ns: time(from),
    to_ns: to === undefined ? null : time(to),
    confidence: 100,
    source_hash: '',
  };
}

function explain(signals: readonly Signal[], facts: readonly Fact[] = [], [a, b] = ['a', 'b']): WhyNot {
  const fold = new ScopeFold(worldScope, defaultParameters, noCorrelations);
  fold.apply({ signals, facts, decisions: [], ceiling_ns: never_ns });
  return explainWhyNot(fold, a, b);
}

describe('why two signals are not in one incident', () => {
  it('says that they are', () => {
    const why = explain([signal('a', 0, { actors: ['pod:p'] }), signal('b', 1, { actors: ['pod:p'] })]);
    expect(why).toMatchObject({ together: true, meetings: [] });
    expect(whyNotText(why)).toContain('They are in one incident.');
  });

  it('keeps what happens in a pod apart from an escape to its node, and not what happens in a container of the node', () => {
    const signals = [
      signal('a', 0, { actors: ['container:c1'], targets: ['node:k1'] }),
      signal('b', 5, { actors: ['container:c2', 'node:k1'] }),
    ];
    expect(explain(signals).together).toBe(true);
    expect(explain(signals, [fact('container:c2', 'part_of', 'pod:p2', 0)]).together).toBe(false);
  });

  it('tells that what is done every day is left out', () => {
    const ran = (id: string, minutes: number): Signal => {
      const fields = { 'process.command_line': 'backup' };
      return signal(id, minutes, { class: 'attach', actors: ['pod:p'], fields });
    };
    const why = explain([
      ran('usual', -90),
      signal('a', 0, { actors: ['pod:p'], opener: true }),
      ran('b', 2),
    ]);
    expect(why).toMatchObject({ together: false, b: { incident: undefined } });
    expect(why.b.left_out_of).toBe(why.a.incident?.id);
    expect(whyNotText(why).join('\n')).toContain('the same was seen before that began');
  });

  it('tells of an address that two pods had', () => {
    const why = explain(
      [signal('a', 0, { actors: ['ip:10.0.0.7'] }), signal('b', 30, { actors: ['ip:10.0.0.7'] })],
      [fact('ip:10.0.0.7', 'is', 'pod:p1', 0, 10), fact('ip:10.0.0.7', 'is', 'pod:p2', 20)],
    );
    expect(why.meetings).toEqual([
      {
        entity: 'ip:10.0.0.7',
        meeting: { kind: 'reused', first: ['pod:p1'], second: ['pod:p2'] },
        a: 'a',
        b: 'b',
      },
    ]);
    expect(whyNotText(why).join('\n')).toContain(
      'ip 10.0.0.7: was pod p1 at the earlier time and pod p2 at the later',
    );
  });

  it.each<[string, Partial<Signal>, Partial<Signal>, number, string]>([
    [
      'both only act on it',
      { targets: ['pod:p'] },
      { targets: ['pod:p'] },
      1,
      'pod p: both act on it; that is no link, as everybody may',
    ],
    [
      'the effect comes first',
      { actors: ['pod:p'] },
      { targets: ['pod:p'] },
      1,
      'pod p: it acted before it was acted on',
    ],
    [
      'too long apart',
      { actors: ['ip:10.0.0.1'] },
      { actors: ['ip:10.0.0.1'] },
      2,
      'ip 10.0.0.1: 2 min apart, more than the 1 min that it links over',
    ],
    [
      'an image',
      { actors: ['image:sha256:d'] },
      { actors: ['image:sha256:d'] },
      1,
      'image sha256:d: many share it, so it links nothing',
    ],
    ['nothing in common', { actors: ['pod:p'] }, { actors: ['pod:q'] }, 1, 'they have nothing in common'],
    [
      'a weak signal',
      { actors: ['pod:p'] },
      { actors: ['pod:p'], class: 'attach' },
      60,
      'pod p: 1 h apart, more than the 30 min within which weak signals join',
    ],
    ['nobody known', { actors: ['ip:10.0.0.1'] }, { actors: ['pod:q'] }, 1, 'who was ip 10.0.0.1 in A'],
  ])('names what keeps them apart: %s', (_, a, b, minute, text) => {
    const why = explain([signal('a', 0, a), signal('b', minute, b)]);
    expect(why.together).toBe(false);
    expect(whyNotText(why).join('\n')).toContain(text);
  });

  it('finds events and incidents too, and says what it does not know', () => {
    const signals = [signal('a', 0, { actors: ['pod:p'] }), signal('b', 0, { targets: ['pod:p'] })];
    const { incident } = explain(signals).a;
    expect(incident).toMatchObject({ open: false });
    expect(explain(signals, [], [incident?.id ?? '', 'event-b'])).toMatchObject({
      a: { kind: 'incident' },
      b: { kind: 'event' },
    });
    const gone = explain(signals, [], ['a', 'elsewhere']);
    expect(gone.b).toMatchObject({ kind: 'nothing', incident: undefined });
    expect(whyNotText(gone).join('\n')).toContain('B is no signal, event or incident that is kept');
  });

  it('says that scopes are never joined', () => {
    const folds = ['one', 'two'].map((scope) => {
      const fold = new ScopeFold(scope, defaultParameters, noCorrelations);
      const own = { ...signal(scope, 0, { actors: ['pod:p'] }), scope };
      fold.apply({ signals: [own], facts: [], decisions: [], ceiling_ns: never_ns });
      return fold;
    });
    const why = explainAcross(folds, 'one', 'two');
    expect(why).toMatchObject({ together: false, a: { scope: 'one' }, b: { scope: 'two' } });
    expect(whyNotText(why).join('\n')).toContain('they are of two scopes, one and two');
    expect(explainAcross(folds, 'two', 'none').b.kind).toBe('nothing');
  });

  it('never contradicts the fold: what links is together, unless a decision cut it', () => {
    const worlds = worldArb({ signals: 25, facts: 12, decisions: 2, steps: 90 });
    fc.assert(
      fc.property(worlds, (world) => {
        const fold = new ScopeFold(worldScope, smallParameters, noCorrelations);
        fold.apply({ ...world, ceiling_ns: never_ns });
        const lives = [...fold.population.lives.values()];
        for (const a of lives) {
          for (const b of lives) {
            if (a === b) continue;
            const why = explainWhyNot(fold, a.id, b.id);
            expect(whyNotText(why).length).toBeGreaterThan(3);
            const links = why.meetings.some(({ meeting }) => meeting.kind === 'links');
            const areBridges = why.a.signal?.role === 'bridge' && why.b.signal?.role === 'bridge';
            if (links && areBridges) expect(why.decided).toBe(true);
            if (why.decided) expect(inputsOf(world).some((input) => 'decision' in input)).toBe(true);
          }
        }
      }),
      { numRuns: runs },
    );
  });
});
