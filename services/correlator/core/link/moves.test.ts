import { describe, expect, it } from 'vitest';
import type { Signal } from '#shared/avro/types.generated.ts';
import { shellSignal } from '../../testing/signal.ts';
import { is, noted, partOf, requested, runsAs, told } from '../../testing/told.ts';

/** A contact of a pod with another, so many minutes after the worlds begin. */
function contact(id: string, minutes: number, from: string, to: string, port = '5432'): Signal {
  const fields = { 'destination.port': port };
  return noted(id, minutes, { family: 'network', actors: [from], targets: [to], first_only: true, fields });
}

function ran(id: string, minutes: number, pod: string): Signal {
  return noted(id, minutes, { actors: [pod], fields: { 'process.command_line': `run ${id}` } });
}

const shell = shellSignal('shell', 0, { actors: ['pod:web'], opener: true });
const dump = (minutes: number): Signal => shellSignal('dump', minutes, { actors: ['pod:db'] });

describe('an intruder who moves on', () => {
  it('is followed to what happens where the first contact led', () => {
    expect(told([shell, contact('move', 10, 'pod:web', 'pod:db'), dump(20)])).toEqual([
      'dump',
      'move',
      'shell',
    ]);
  });

  it('is followed over a pod that shows nothing but that it moves on', () => {
    const [there, on] = [contact('there', 10, 'pod:web', 'pod:api'), contact('on', 20, 'pod:api', 'pod:db')];
    expect(told([shell, there, on, dump(30)])).toEqual(['dump', 'on', 'shell', 'there']);
  });

  it('takes along what the reached pod never did before', () => {
    const usual = ran('usual', -60, 'pod:db');
    const move = contact('move', 10, 'pod:web', 'pod:db');
    const again = { ...ran('again', 12, 'pod:db'), fields: usual.fields };
    expect(told([usual, shell, move, ran('new', 12, 'pod:db'), again])).toEqual(['move', 'new', 'shell']);
  });

  it('is not followed over a contact that was there before', () => {
    const [before, again] = [
      contact('before', -60, 'pod:web', 'pod:db'),
      contact('again', 10, 'pod:web', 'pod:db'),
    ];
    expect(told([before, shell, again, dump(20)])).toEqual(['shell']);
  });

  it('is followed over another port than before', () => {
    const [before, other] = [
      contact('before', -60, 'pod:web', 'pod:db'),
      contact('ssh', 10, 'pod:web', 'pod:db', '22'),
    ];
    expect(told([before, shell, other, dump(20)])).toEqual(['dump', 'shell', 'ssh']);
  });

  it.each([
    ['came before the attack', -10, 20],
    ['comes long after the last sign of it', 50, 55],
    ['led there long before', 10, 50],
  ])('is not followed over a contact that %s', (_, move_minutes, dump_minutes) => {
    const all = [shell, contact('move', move_minutes, 'pod:web', 'pod:db'), dump(dump_minutes)];
    expect(told(all)).not.toContain('dump');
  });

  it('is told apart from one who only reached the same pod', () => {
    const bystander = shellSignal('bystander', 5, { actors: ['pod:ops'] });
    const [move, other] = [
      contact('move', 10, 'pod:web', 'pod:db'),
      contact('other', 12, 'pod:ops', 'pod:db'),
    ];
    expect(told([shell, bystander, move, other])).toEqual(['move', 'shell']);
  });

  it('is the same whatever comes first', () => {
    const all = [
      shell,
      contact('there', 10, 'pod:web', 'pod:api'),
      contact('on', 20, 'pod:api', 'pod:db'),
      dump(30),
    ];
    expect(told(all.toReversed())).toEqual(told(all));
  });
});

describe('an intruder who calls home', () => {
  const call = (id: string, minutes: number, pod: string, peer = 'external:203.0.113.9'): Signal =>
    noted(id, minutes, { family: 'network', actors: [pod], targets: [peer] });
  const [other, calls] = [shellSignal('other', 90, { actors: ['pod:db'] }), call('home', 5, 'pod:web')];

  it('is known again by a peer that nobody called before', () => {
    expect(told([shell, calls, other, call('again', 95, 'pod:db')])).toEqual([
      'again',
      'home',
      'other',
      'shell',
    ]);
  });

  it('is not known by a peer that others call', () => {
    const usual = call('usual', -60, 'pod:ops');
    expect(told([usual, shell, calls, other, call('again', 95, 'pod:db')])).toEqual(['home', 'shell']);
  });

  it('is not known by those who call that peer without anything suspicious', () => {
    expect(told([shell, calls, call('bystander', 95, 'pod:ops'), other])).toEqual(['home', 'shell']);
  });
});

describe('a request that is the first of its kind', () => {
  const asked = (minutes: number): Signal => contact('asked', minutes, 'node:front', 'pod:web', '8080');

  it('joins when something follows from it at once', () => {
    expect(told([asked(-1), shell])).toEqual(['asked', 'shell']);
    expect(told([asked(-5), shell])).toEqual(['shell']);
  });
});

describe('an intruder who is on a node', () => {
  const onNode = (id: string, minutes: number, actors: string[], targets: string[]): Signal =>
    shellSignal(id, minutes, { actors, targets });
  const escape = shellSignal('escape', 0, { actors: ['pod:web'], targets: ['node:k1'], opener: true });
  const uses = onNode('uses', 5, ['node:k1'], ['node:k1']);
  const refused = onNode('refused', 5, ['node:k1'], ['node:k1']);

  it('stays in the incident with all that the node does to itself', () => {
    expect(told([escape, uses, refused, onNode('cron', 6, ['node:k1'], [])])).toEqual([
      'cron',
      'escape',
      'refused',
      'uses',
    ]);
  });

  it('is told apart from one who comes to it later', () => {
    const other = shellSignal('other', 20, { actors: ['pod:db'], targets: ['node:k1'], score: 5 });
    const later = shellSignal('later', 25, { actors: ['node:k1'], score: 5 });
    expect(told([escape, uses, other, later])).toEqual(['escape', 'uses']);
  });
});

describe('an intruder who goes to a node', () => {
  const facts = [is('ip:10.0.0.5', 'node:k5'), is('ip:10.0.0.6', 'node:k6')];
  const onNode = (id: string, minutes: number, node: string): Signal =>
    shellSignal(id, minutes, { actors: [node] });

  it('is followed over the ports of the node itself, and from there on', () => {
    const [there, on] = [
      contact('there', 5, 'pod:web', 'ip:10.0.0.5', '22'),
      contact('on', 15, 'ip:10.0.0.5', 'ip:10.0.0.6', '22'),
    ];
    const signals = [shell, there, onNode('root', 10, 'node:k5'), on, onNode('next', 20, 'node:k6')];
    expect(told(signals, facts)).toEqual(['next', 'on', 'root', 'shell', 'there']);
  });

  it('is followed by the shell that they open on it', () => {
    const goes = (id: string, command: string): Signal =>
      shellSignal(id, 5, {
        actors: ['pod:web'],
        targets: ['ip:10.0.0.5'],
        fields: { 'process.command_line': command },
      });
    const ssh = goes('ssh', '/usr/bin/ssh -i key root@10.0.0.5');
    expect(told([shell, ssh, onNode('root', 10, 'node:k5')], facts)).toEqual(['root', 'shell', 'ssh']);
    const asks = goes('asks', '/usr/bin/curl http://10.0.0.5:8080');
    expect(told([shell, asks, onNode('root', 10, 'node:k5')], facts)).toEqual(['asks', 'shell']);
  });

  it('is not followed to what is behind another port of its address', () => {
    const signals = [
      shell,
      contact('there', 5, 'pod:web', 'ip:10.0.0.5', '8080'),
      onNode('root', 10, 'node:k5'),
    ];
    expect(told(signals, facts)).toEqual(['shell', 'there']);
  });
});

describe('a request that follows from something suspicious', () => {
  const misuse = shellSignal('misuse', 0, { family: 'admission', actors: ['user:alice'], opener: true });
  const asked = (id: string, minutes: number, target: string, verb = 'create'): Signal =>
    requested(id, minutes, verb, { actors: ['user:alice'], targets: [target] }, 'curl/8');

  it('leads to what happens in the pod that was entered', () => {
    expect(told([misuse, asked('exec', 10, 'pod:db'), dump(20)])).toEqual(['dump', 'exec', 'misuse']);
  });

  it('leads on though the same program asked for something else just before', () => {
    const signals = [misuse, asked('look', 5, 'pod:other'), asked('exec', 10, 'pod:db'), dump(20)];
    expect(told(signals)).toEqual(['dump', 'exec', 'look', 'misuse']);
  });

  it('leads to the pods of the workload that was made', () => {
    const facts = [partOf('pod:db', 'workload:a/Deployment/w')];
    const made = asked('made', 10, 'workload:a/Deployment/w');
    expect(told([misuse, made, dump(20)], facts)).toEqual(['dump', 'made', 'misuse']);
  });

  it('leads nowhere when the same program of the person asked for such things before', () => {
    expect(told([asked('before', -60, 'pod:other'), misuse, asked('exec', 10, 'pod:db'), dump(20)])).toEqual([
      'misuse',
    ]);
  });

  it('leads nowhere when it merely reads, and is brought about by nobody who read', () => {
    expect(told([misuse, asked('look', 10, 'pod:db', 'get'), dump(20)])).toEqual(['look', 'misuse']);
    const implant = shellSignal('implant', 0, { actors: ['pod:db'], opener: true });
    expect(told([asked('logs', -5, 'pod:db', 'get'), implant])).toEqual(['implant']);
  });

  it('leads nowhere from a person of whom nothing is suspicious', () => {
    const others = shellSignal('others', 0, { family: 'admission', actors: ['user:bob'], opener: true });
    expect(told([others, asked('exec', 10, 'pod:db'), dump(20)])).toEqual(['others']);
  });
});

describe('an intruder who has an operator work for them', () => {
  const order = 'object:operators.example/order';
  const actors = ['pod:web', 'serviceaccount:a/web'];
  const asked = requested('asked', 10, 'create', { actors, targets: [order] });
  const bound = (minutes: number): Signal =>
    shellSignal('bound', minutes, { family: 'admission', actors: ['pod:operator', order] });

  it('is followed to what it does for the object that they wrote', () => {
    const noticed = requested('noticed', 12, 'create', { actors: ['pod:operator', order] });
    expect(told([shell, asked, noticed, bound(15)])).toEqual(['asked', 'bound', 'noticed', 'shell']);
  });

  it('is followed to what runs in the workload that it changed for that object', () => {
    const workload = 'workload:a/Deployment/w';
    const operator = ['serviceaccount:ops/operator', order];
    const rolled = requested('rolled', 12, 'patch', { actors: operator, targets: [workload] });
    const runs = shellSignal('runs', 15, { actors: ['pod:w1'] });
    const facts = [partOf('pod:w1', workload)];
    expect(told([shell, asked, rolled, runs], facts)).toEqual(['asked', 'rolled', 'runs', 'shell']);
    const other = { ...rolled, actors: ['serviceaccount:ops/operator'] };
    expect(told([shell, asked, other, runs], facts)).toEqual(['asked', 'shell']);
  });

  it('is not followed to what it does for others', () => {
    const other = shellSignal('other', 15, { family: 'admission', actors: ['pod:operator'] });
    expect(told([shell, asked, other])).toEqual(['asked', 'shell']);
  });

  it('did not have it do what it did before', () => {
    expect(told([bound(5), shell, asked])).toEqual(['asked', 'shell']);
  });
});

describe('pods that run as one account', () => {
  const facts = [runsAs('pod:web', 'serviceaccount:a/robot'), runsAs('pod:db', 'serviceaccount:a/robot')];
  const misused = shellSignal('misused', 10, { family: 'admission', actors: ['serviceaccount:a/robot'] });
  const other = shellSignal('other', 20, { actors: ['pod:db'] });

  it('are not in trouble together', () => {
    expect(told([shell, other], facts)).toEqual(['shell']);
  });

  it('may be where the account was stolen, but not what it is used for', () => {
    expect(told([shell, misused], facts)).toEqual(['misused', 'shell']);
    expect(told([shell, misused, other], facts)).toEqual(['misused', 'shell']);
  });
});

describe('a pod in the network of its node', () => {
  const address = 'ip:10.20.0.12';
  const facts = [
    is(address, 'node:n1'),
    partOf(address, 'host_network:n1'),
    partOf('pod:ingress', 'host_network:n1'),
  ];
  const inIngress = (minutes: number): Signal => shellSignal('ingress', minutes, { actors: ['pod:ingress'] });
  const call = (actors: string[], given: Partial<Signal> = {}): Signal =>
    noted('call', 2, { family: 'network', actors, targets: ['external:203.0.113.9'], ...given });

  it('is reached over the address of the node', () => {
    const reach = contact('reach', 10, 'pod:web', address, '8443');
    expect(told([shell, reach, inIngress(11)], facts)).toEqual(['ingress', 'reach', 'shell']);
    expect(told([shell, reach, inIngress(55)], facts)).not.toContain('ingress');
  });

  it('shows itself as the node', () => {
    const attack = { ...inIngress(0), opener: true };
    expect(told([attack, call(['node:n1', address])], facts)).toEqual(['call', 'ingress']);
  });

  it('is not who else shows the address of the node', () => {
    const attack = { ...inIngress(0), opener: true };
    expect(told([attack, call([address])], facts)).toEqual(['ingress']);
    const alert = call([address], { class: 'bridge' });
    expect(told([attack, alert], facts)).toEqual(['ingress']);
  });
});

describe('a known person who asks with another program', () => {
  const by = (id: string, minutes: number, program: string, targets: string[] = [], verb = 'list'): Signal =>
    requested(id, minutes, verb, { actors: ['user:alice'], targets }, program);
  const owner = by('owner', -90, 'kubectl/1');
  const looks = by('looks', -20, 'kubectl/9');
  const rollsOut = by('rolls out', -10, 'kubectl/9', ['workload:a/Deployment/w'], 'patch');
  const implant = shellSignal('implant', 0, { actors: ['pod:p'], opener: true });
  const facts = [partOf('pod:p', 'workload:a/Deployment/w')];

  it('is followed from all that is asked with it to what comes of it', () => {
    expect(told([owner, looks, rollsOut, implant], facts)).toEqual(['implant', 'looks', 'rolls out']);
  });

  it('is the same whatever comes first', () => {
    const all = [owner, looks, rollsOut, implant];
    for (const signals of [all.toReversed(), [rollsOut, looks, implant, owner]]) {
      expect(told(signals, facts)).toEqual(told(all, facts));
    }
  });

  it('does not take along what the owner asks meanwhile', () => {
    const refused = {
      ...by('refused', -15, 'kubectl/1', [], 'create'),
      rule: { id: 'r/refused', title: 'Refused', level: 'low', origin: 'tool' } as const,
    };
    const all = [owner, looks, by('work', -15, 'kubectl/1'), refused, rollsOut, implant];
    expect(told(all, facts)).toEqual(['implant', 'looks', 'rolls out']);
  });

  it('is nobody of whom nothing else is known, and no stranger after a while', () => {
    expect(told([looks, rollsOut, implant], facts)).toEqual(['implant', 'rolls out']);
    const before = by('before', -60, 'kubectl/9');
    expect(told([owner, before, looks, rollsOut, implant], facts)).not.toContain('looks');
  });
});
