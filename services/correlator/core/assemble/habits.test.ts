import { describe, expect, it } from 'vitest';
import type { Signal } from '#shared/avro/types.generated.ts';
import { shellSignal } from '../../testing/signal.ts';
import { is, noted, partOf, requested, runsAs, told } from '../../testing/told.ts';

function ran(id: string, minutes: number, command: string, pod = 'pod:p'): Signal {
  return noted(id, minutes, { actors: [pod], fields: { 'process.command_line': command } });
}

function contacted(id: string, minutes: number, peers: readonly string[], pod = 'pod:p'): Signal {
  return noted(id, minutes, { family: 'network', actors: [pod], targets: [...peers] });
}

function asked(id: string, minutes: number, verb: string, actor: string): Signal {
  return requested(id, minutes, verb, { actors: ['pod:p', actor] });
}

function failed(id: string, minutes: number): Signal {
  const rule = { id: 'policy/labels', title: 'Labels', level: 'low', origin: 'posture' } as const;
  return shellSignal(id, minutes, { class: 'context', family: 'admission', rule, targets: ['pod:p'] });
}

const shell = shellSignal('shell', 0, { actors: ['pod:p'], opener: true });
/** The request that made the pod. */
const made = requested('made', -1, 'create', { actors: ['serviceaccount:a/flows'], targets: ['pod:p'] });

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

it('what something did before the attack came to it is no part of the attack', () => {
  const reached = shellSignal('reached', 0, { targets: ['pod:p'], opener: true });
  const acts = shellSignal('acts', 1, { actors: ['pod:p'] });
  expect(told([ran('own', -1, 'xz a.sql'), reached, acts, ran('new', 2, 'nc')])).toEqual([
    'acts',
    'new',
    'reached',
  ]);
});

it('who comes from the outside is told, though the connection leads to the pod from both ends', () => {
  const connection = 'connection:tcp/*:5432-203.0.113.9:44185';
  const reached = (id: string, minutes: number, from: string): Signal =>
    noted(id, minutes, {
      family: 'network',
      actors: [from, connection],
      targets: ['pod:p'],
      first_only: true,
      fields: { 'destination.port': '5432' },
    });
  const signals = [
    reached('before', -90, 'external:198.51.100.1'),
    reached('came', -1, 'external:203.0.113.9'),
    shell,
  ];
  expect(told(signals, [partOf(connection, 'pod:p')])).toEqual(['came', 'shell']);
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

  it('is its own work when it comes with the program that it came with first', () => {
    const from = (id: string, minutes: number, program: string, resource = 'pods'): Signal => {
      const request = requested(id, minutes, 'patch', { actors: ['pod:p', account] }, program);
      const fields = { ...request.fields, 'kubernetes.audit.objectRef.resource': resource };
      return { ...request, fields };
    };
    const work = [from('before', -90, 'controller/v1.2'), from('work', 3, 'controller/v1.3', 'services')];
    const stolen = shellSignal('stolen', 0, {
      family: 'admission',
      actors: ['pod:p', account],
      fields: { 'user_agent.original': 'curl/8' },
      opener: true,
    });
    const thief = from('thief', 2, 'curl/8', 'services');
    expect(told([...work, stolen, thief])).toEqual(['stolen', 'thief']);
    // Where nobody came with anything else, what is new may be the attack.
    expect(told([...work, shell])).toEqual(['shell', 'work']);
  });

  it('is no habit of a person of whom nobody says with what they came', () => {
    const signals = [
      asked('owner', -90, 'list', 'user:alice'),
      shell,
      asked('thief', 1, 'list', 'user:alice'),
    ];
    expect(told(signals)).toEqual(['shell', 'thief']);
  });
});

describe('what is asked in the name of a person', () => {
  const misuse = shellSignal('misuse', 0, { family: 'admission', actors: ['user:alice'], opener: true });
  const from = (id: string, minutes: number, program: string, verb = 'list'): Signal =>
    requested(id, minutes, verb, { actors: ['user:alice'] }, program);
  const session = (id: string, minutes: number, country: string): Signal =>
    noted(id, minutes, {
      family: 'network',
      actors: ['user:alice'],
      fields: { 'source.geo.country_iso_code': country },
    });

  it('joins when the program is none of theirs, whatever it asks for', () => {
    const owner = [
      from('owner', -90, 'kubectl/v1.30 (darwin)'),
      from('work', 3, 'kubectl/v1.30 (darwin)', 'get'),
    ];
    expect(told([...owner, misuse, from('thief', 2, 'curl/8')])).toEqual(['misuse', 'thief']);
  });

  it("is the owner's when they came with it first, and somebody else now", () => {
    const thief = { ...misuse, fields: { 'user_agent.original': 'curl/8' } };
    const owner = [from('early', -33, 'kubectl/1'), from('work', 3, 'kubectl/1', 'get')];
    expect(told([...owner, thief, from('thief', 2, 'curl/8')])).toEqual(['misuse', 'thief']);
    // Who came with nothing else may be the thief.
    expect(told([...owner, misuse])).toEqual(['misuse', 'work']);
    const before = from('before', -80, 'kubectl/0');
    expect(told([before, ...owner, thief])).toEqual(['early', 'misuse', 'work']);
  });

  it('joins what comes from a country where they were not', () => {
    const home = [session('home', -90, 'FI'), session('lunch', 5, 'FI')];
    expect(told([...home, misuse, session('abroad', -5, 'VN')])).toEqual(['abroad', 'misuse']);
  });

  it('joins what comes from a network where they were not, though from the same country', () => {
    const from = (id: string, minutes: number, address: string): Signal => {
      const one = session(id, minutes, 'FI');
      return { ...one, actors: [...one.actors, `external:${address}`] };
    };
    const home = [from('home', -90, '198.51.100.7'), from('again', 5, '198.51.100.20')];
    const signals = [...home, misuse, from('thief', -5, '203.0.113.9')];
    expect(told(signals)).toEqual(['misuse', 'thief']);
    const six = [from('home', -90, '2001:db8:1:2::7'), from('again', 5, '2001:db8:1:9::7')];
    expect(told([...six, misuse, from('thief', -5, '2001:db8:2:2::7')])).toEqual(['misuse', 'thief']);
  });

  it('joins what the workload does that it changed', () => {
    const rolled = { ...from('rolled', -9, 'curl/8', 'patch'), targets: ['workload:a/Deployment/w'] };
    const implant = shellSignal('implant', 0, { actors: ['pod:p2'], opener: true });
    expect(told([rolled, implant], [partOf('pod:p2', 'workload:a/Deployment/w')])).toEqual([
      'implant',
      'rolled',
    ]);
  });
});

it('who made what the attack runs in is told, though they make such things every day', () => {
  const makes = (id: string, minutes: number, workload: string, verb = 'create'): Signal =>
    requested(id, minutes, verb, {
      actors: ['serviceaccount:a/flows'],
      targets: [`workload:a/Workflow/${workload}`],
    });
  const attack = shellSignal('attack', 0, { actors: ['pod:p2'], opener: true });
  const days = [makes('day', -90, 'w1'), makes('touched', -85, 'w1', 'patch')];
  const signals = [
    ...days,
    makes('made', -5, 'w2'),
    makes('other', -4, 'w3'),
    makes('again', -3, 'w2', 'patch'),
  ];
  const facts = [partOf('pod:p2', 'workload:a/Workflow/w2')];
  expect(told([...signals, attack], facts)).toEqual(['attack', 'made']);
});

it('who opens a session in a pod every day has not made it', () => {
  const opens = (id: string, minutes: number): Signal => {
    const about = { actors: ['serviceaccount:a/backup'], targets: ['pod:p2'] };
    const { fields, ...rest } = requested(id, minutes, 'create', about);
    return { ...rest, fields: { ...fields, 'kubernetes.audit.objectRef.subresource': 'exec' } };
  };
  const attack = shellSignal('attack', 0, { actors: ['pod:p2'], opener: true });
  expect(told([opens('day', -90), opens('again', -5), attack])).toEqual(['attack']);
});

it('a policy that failed before is not told again', () => {
  expect(told([made, shell, failed('new', 2)])).toEqual(['made', 'new', 'shell']);
  expect(told([failed('scan', -600), made, shell, failed('again', 2)])).not.toContain('again');
});

it('a policy is told of what the attack made, not of what was there', () => {
  expect(told([shell, failed('old', 2)])).toEqual(['shell']);
});

it('what one node runs is usual on all nodes', () => {
  const escaped = shellSignal('escaped', 0, { targets: ['node:k2'], opener: true });
  const onNode = (id: string, minutes: number, command: string, node: string): Signal =>
    noted(id, minutes, { actors: [node], fields: { 'process.command_line': command } });
  const every = [
    onNode('day', -90, 'aide --check', 'node:k1'),
    onNode('again', 3, 'aide --check', 'node:k2'),
  ];
  const signals = [
    ...every,
    escaped,
    onNode('new', 4, 'bash -l', 'node:k2'),
    onNode('other', 5, 'bash -l', 'node:k1'),
  ];
  expect(told(signals)).toEqual(['escaped', 'new']);
});

it('a flow that shows the address of a reached node joins when nobody called its peer before', () => {
  const escaped = shellSignal('escaped', 0, { targets: ['node:k2'], opener: true });
  const facts = [is('ip:10.0.0.2', 'node:k2')];
  const signals = [
    contacted('updates', -90, ['external:updates.example'], 'pod:other'),
    escaped,
    contacted('usual', 3, ['external:updates.example'], 'ip:10.0.0.2'),
    contacted('new', 4, ['external:c2.example'], 'ip:10.0.0.2'),
  ];
  expect(told(signals, facts)).toEqual(['escaped', 'new']);
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

  it('does not join either because both pods run as one account', () => {
    const touched = shellSignal('touched', 0, { actors: ['pod:p1'], opener: true });
    const alert = shellSignal('alert', 3, { class: 'attach', actors: ['pod:p2'] });
    const runAs = [runsAs('pod:p1', 'serviceaccount:a/web'), runsAs('pod:p2', 'serviceaccount:a/web')];
    expect(told([touched, alert], runAs)).toEqual(['touched']);
    const asked = shellSignal('asked', 5, { actors: ['serviceaccount:a/web'] });
    expect(told([touched, asked, alert], runAs)).toEqual(['alert', 'asked', 'touched']);
  });
});
