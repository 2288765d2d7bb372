import type { Fact, Signal } from '#shared/avro/types.generated.ts';
import { noCorrelations } from '#shared/sigma/correlation/port.ts';
import { ScopeFold } from '../core/fold.ts';
import { defaultParameters } from '../core/parameters.ts';
import { saveFold } from '../core/snapshot.ts';

/**
 * How fast the fold is: `node services/correlator/testing/bench.ts [scale]`. A busy cluster: pods come and go with their
 * facts, most signals are low and attach to little, some hold incidents together, one pod floods. Prints inputs a
 * second of CPU time, the slowest batch, and the bytes of a checkpoint.
 */
const scale = Number(process.argv[2] ?? 1);
const pods = Math.round(4000 * scale);
const batches = Number(process.argv[3] ?? 200);
const batch_signals = 1000;
/** At 20,000 signals a second, a look each 200 ms. */
const batches_per_look = Number(process.argv[5] ?? 1);
const start_ns = 1_772_323_200_000_000_000n;

/** Time that this process worked, not waited: the figures hold on a busy computer. */
function cpu_ms(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = randoms(7);
const pick = (count: number): number => Math.floor(random() * count);

function factsOf(pod: number, time_ns: bigint): readonly Fact[] {
  const fact = (a: string, relation: Fact['relation'], b: string): Fact => ({
    id: '',
    scope: 'bench',
    a,
    relation,
    b,
    from_ns: time_ns,
    to_ns: null,
    confidence: 100,
    source_hash: '',
  });
  return [
    fact(`pod_name:ns${(pod % 40) >> 1}/app${pod >> 1}-${pod}`, 'is', `pod:${pod}`),
    fact(`ip:10.${pod >> 16}.${(pod >> 8) & 255}.${pod & 255}`, 'is', `pod:${pod}`),
    fact(`container:${pod}`, 'part_of', `pod:${pod}`),
    fact(`pod:${pod}`, 'part_of', `workload:ns${(pod % 40) >> 1}/Deployment/app${pod >> 1}`),
    fact(`pod:${pod}`, 'runs_as', `serviceaccount:ns${(pod % 40) >> 1}/app${pod >> 1}`),
    fact(`pod:${pod}`, 'uses', `image:sha256:${pod >> 1}`),
  ];
}

const families = ['runtime', 'network', 'admission'] as const;

function signalOf(index: number, time_ns: bigint, flood: boolean): Signal {
  const pod = flood ? 1 : pick(pods);
  const family = families[pick(3)] ?? 'runtime';
  const isBridge = flood || random() < 0.02;
  const rule = flood ? 999 : pick(150);
  return {
    id: `signal-${index}`,
    scope: 'bench',
    time_ns,
    family,
    rule: { id: `rule-${rule}`, title: `Rule ${rule}`, level: isBridge ? 'high' : 'low', origin: 'sigma' },
    score: isBridge ? 70 : 20,
    tactics: ['execution'],
    techniques: ['T1059'],
    actors:
      family === 'network' ? [`ip:10.${pod >> 16}.${(pod >> 8) & 255}.${pod & 255}`] : [`container:${pod}`],
    targets:
      family === 'network'
        ? [`external:${isBridge ? `203.0.${pod >> 8}.${pod & 255}` : `198.51.100.${pick(200)}`}`]
        : [],
    class: isBridge ? 'bridge' : 'attach',
    opener: false,
    event: { id: `event-${index}`, hash: `hash-${index}`, dataset: 'bench' },
    summary: `What happened as number ${index} in the container of a pod`,
    fields: {},
    parts: [],
  };
}

const fold = new ScopeFold('bench', defaultParameters, noCorrelations);
const never_ns = 2n ** 62n;
const seed_ms = cpu_ms();
const facts = Array.from({ length: pods }, (_, pod) => factsOf(pod, start_ns)).flat();
fold.apply({ signals: [], facts, decisions: [], ceiling_ns: never_ns });
report('facts alone', facts.length, cpu_ms() - seed_ms, 0);

for (const [name, flood_share] of [
  ['ordinary', 0],
  ['one pod floods with half of all', 0.5],
] as const) {
  let inputs = 0;
  let slowest_ms = 0;
  let changes = 0;
  const begin_ms = cpu_ms();
  for (let batch = 0; batch < batches; batch += 1) {
    const base_ns = start_ns + BigInt(batch + (flood_share > 0 ? batches : 0)) * 10_000_000_000n;
    const signals = Array.from({ length: batch_signals }, (_, at) =>
      signalOf(
        (flood_share > 0 ? 1e7 : 0) + batch * batch_signals + at,
        base_ns + BigInt(pick(10_000)) * 1_000_000n,
        random() < flood_share,
      ),
    );
    const some = Array.from({ length: 40 }, () => factsOf(pods + pick(pods), base_ns)).flat();
    const batch_ms = cpu_ms();
    fold.take({ signals, facts: some, decisions: [], ceiling_ns: never_ns });
    if (batch % batches_per_look === batches_per_look - 1) {
      const { incidents, timeline } = fold.show();
      changes += incidents.length + timeline.length;
    }
    slowest_ms = Math.max(slowest_ms, cpu_ms() - batch_ms);
    inputs += signals.length + some.length;
  }
  report(name, inputs, cpu_ms() - begin_ms, slowest_ms);
  const { signals, open, candidates } = fold.counts();
  process.stdout.write(
    `  live: ${signals} signals, ${open} open, ${candidates} candidates; ${changes} documents written\n`,
  );
}

const save_ms = cpu_ms();
const bytes = saveFold(fold).length;
process.stdout.write(
  `checkpoint: ${(bytes / 2 ** 20).toFixed(1)} MiB of text in ${Math.round(cpu_ms() - save_ms)} ms; ` +
    `heap ${Math.round(process.memoryUsage().heapUsed / 2 ** 20)} MiB\n`,
);

function report(name: string, inputs: number, duration_ms: number, slowest_ms: number): void {
  const rate = Math.round((inputs / duration_ms) * 1000);
  process.stdout.write(`${name}: ${rate} inputs/s, slowest batch ${Math.round(slowest_ms)} ms\n`);
}
