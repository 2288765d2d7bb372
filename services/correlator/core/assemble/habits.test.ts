import { describe, expect, it } from 'vitest';
import type { Fact, Signal } from '#shared/avro/types.generated.ts';
import { noCorrelations } from '#shared/sigma/correlation/port.ts';
import { shellSignal } from '../../testing/signal.ts';
import { start_ns, worldScope } from '../../testing/worlds.ts';
import { ScopeFold } from '../fold.ts';
import { defaultParameters } from '../parameters.ts';

const never_ns = 2n ** 62n;
const informational = {
  id: 'r/noted',
  title: 'Noted',
  level: 'informational',
  origin: 'sigma',
} as const;

/** Something that says nothing alone, so many minutes after the worlds begin. */
function noted(id: string, minutes: number, given: Partial<Signal>): Signal {
  return shellSignal(id, minutes, { class: 'attach', rule: informational, score: 0, ...given });
}

function ran(id: string, minutes: number, command: string, pod = 'pod:p'): Signal {
  return noted(id, minutes, { actors: [pod], fields: { 'process.command_line': command } });
}

function contacted(id: string, minutes: number, peers: readonly string[], pod = 'pod:p'): Signal {
  return noted(id, minutes, { family: 'network', actors: [pod], targets: [...peers] });
}

function asked(id: string, minutes: number, verb: string, actor: string): Signal {
  const fields = { 'kubernetes.audit.verb': verb, 'kubernetes.audit.objectRef.resource': 'configmaps' };
  return noted(id, minutes, { family: 'admission', actors: ['pod:p', actor], fields });
}

function failed(id: string, minutes: number): Signal {
  const rule = { id: 'policy/labels', title: 'Labels', level: 'low', origin: 'posture' } as const;
  return shellSignal(id, minutes, { class: 'context', family: 'admission', rule, targets: ['pod:p'] });
}

/** The events on the timeline of the one incident. */
function told(signals: readonly Signal[], facts: readonly Fact[] = []): string[] {
  const fold = new ScopeFold(worldScope, defaultParameters, noCorrelations);
  fold.take({ signals, facts, decisions: [], ceiling_ns: never_ns });
  return fold
    .show()
    .timeline.flatMap(({ document }) => (document === undefined ? [] : [document]))
    .map((document): { event: { hash: string } } => JSON.parse(document))
    .map(({ event }) => event.hash)
    .sort();
}

function partOf(a: string, b: string): Fact {
  const from_ns = start_ns - 86_400_000_000_000n;
  return {
    id: a,
    scope: worldScope,
    a,
    relation: 'part_of',
    b,
    from_ns,
    to_ns: null,
    confidence: 100,
    source_hash: '',
  };
}

const shell = shellSignal('shell', 0, { actors: ['pod:p'], opener: true });

describe('what a pod does while it is attacked', () => {
  it('joins when it was never seen before', () => {
    expect(told([shell, ran('xz', 2, 'xz a.sql'), contacted('c2', 3, ['external:203.0.113.9'])])).toEqual([
      'c2',
      'shell',
      'xz',
    ]);
  });

  it('stays out when the pod did so before the attack began, whatever number it had', () => {
    expect(told([ran('before', -90, 'job 17'), shell, ran('again', 2, 'job 18')])).toEqual(['shell']);
    expect(told([ran('before', -90, 'job 17'), shell, ran('other', 2, 'task 18')])).toEqual([
      'other',
      'shell',
    ]);
  });

  it('joins when it was seen for the first time just before', () => {
    expect(told([ran('entry', -2, 'sh -c x'), shell, ran('more', 2, 'sh -c x')])).toEqual([
      'entry',
      'more',
      'shell',
    ]);
  });

  it('is known again by the name that is asked for, not by the resolver', () => {
    const resolver = 'external:192.0.2.53';
    const before = contacted('before', -90, [resolver, 'external:usual.example']);
    expect(
      told([
        before,
        shell,
        contacted('usual', 1, [resolver, 'external:usual.example']),
        contacted('new', 2, [resolver, 'external:evil.example']),
      ]),
    ).toEqual(['new', 'shell']);
  });
});

describe('what an account asks while it is misused', () => {
  const account = 'serviceaccount:shop/web';

  it('joins unless the account asked it before', () => {
    const signals = [
      asked('usual', -90, 'list', account),
      shell,
      asked('list', 1, 'list', account),
      asked('patch', 2, 'patch', account),
    ];
    expect(told(signals)).toEqual(['patch', 'shell']);
  });

  it('is no habit of a person: a thief may do what the owner did', () => {
    const signals = [
      asked('owner', -90, 'list', 'user:alice'),
      shell,
      asked('thief', 1, 'list', 'user:alice'),
    ];
    expect(told(signals)).toEqual(['shell', 'thief']);
  });
});

it('a policy that failed before is not told again', () => {
  expect(told([shell, failed('new', 2)])).toEqual(['new', 'shell']);
  expect(told([failed('scan', -600), shell, failed('again', 2)])).not.toContain('again');
});

describe('what a workload does that a step of the attack made', () => {
  const made = shellSignal('made', 0, {
    family: 'admission',
    targets: ['workload:a/DaemonSet/w'],
    opener: true,
  });
  const facts = [partOf('pod:p2', 'workload:a/DaemonSet/w')];

  it('joins, whichever pod does it', () => {
    expect(told([made, ran('miner', 3, '/opt/m', 'pod:p2')], facts)).toEqual(['made', 'miner']);
  });

  it('does not join when only another pod of the workload was touched', () => {
    const touched = shellSignal('touched', 0, { targets: ['pod:p1'], opener: true });
    const both = [...facts, partOf('pod:p1', 'workload:a/DaemonSet/w')];
    expect(told([touched, ran('other', 3, '/opt/m', 'pod:p2')], both)).toEqual(['touched']);
  });
});
