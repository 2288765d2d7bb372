import { createHash } from 'node:crypto';
import { createRandom } from '#shared/random/random.ts';

/** A running pod, as every tool would see it. */
export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly workload: string;
  readonly replica_set: string;
  readonly pod_template_hash: string;
  readonly service_account: string;
  readonly ip: string;
  readonly node: Node;
  readonly container_id: string;
  readonly image: Image;
  readonly started_ms: number;
}

export interface Node {
  readonly name: string;
  readonly ip: string;
}

export interface Image {
  readonly repository: string;
  readonly tag: string;
  readonly repository_digest: string;
  readonly config_digest: string;
}

/** A small cluster and the source of everything random in a scenario. */
export interface World {
  readonly random: () => number;
  readonly start_ms: number;
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  /** Hex digits that depend on the seed and the order of calls. */
  readonly hex: (digits: number) => string;
  readonly uuid: () => string;
  readonly pick: <Item>(items: readonly Item[]) => Item;
  readonly podOf: (workload: string) => Pod;
}

const workloads: readonly (readonly [namespace: string, name: string, replicas: number])[] = [
  ['analytics', 'notebook', 1],
  ['analytics', 'report-builder', 2],
  ['booking', 'booking-web', 3],
  ['booking', 'seat-map', 2],
  ['booking', 'mailer', 2],
  ['payments', 'ledger-api', 2],
  ['payments', 'card-vault', 2],
  ['search', 'index-builder', 2],
  ['search', 'query-api', 3],
  ['monitoring', 'metrics-store', 1],
  ['kube-system', 'coredns', 2],
];

/** Builds the cluster of a seed; `start_ms` is the scenario's first millisecond. */
export function createWorld(seed: number, start_ms: number): World {
  const random = createRandom(seed);
  let drawn = 0;
  const hex = (digits: number): string => {
    let text = '';
    while (text.length < digits) text += createHash('sha256').update(`${seed}/${drawn++}`).digest('hex');
    return text.slice(0, digits);
  };
  const uuid = (): string => {
    const h = hex(32);
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-a${h.slice(17, 20)}-${h.slice(20)}`;
  };
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  };
  const nodes = [1, 2, 3].map((number) => ({ name: `worker-${number}`, ip: `10.30.0.${10 + number}` }));
  const pods = workloads.flatMap(([namespace, workload, replicas]) => {
    const image: Image = {
      repository: `registry.example/${namespace}/${workload}`,
      tag: `1.${Math.floor(random() * 20)}.0`,
      repository_digest: `sha256:${hex(64)}`,
      config_digest: `sha256:${hex(64)}`,
    };
    const pod_template_hash = generatedName(random, 10);
    return Array.from({ length: replicas }, (): Pod => {
      const node = pick(nodes);
      return {
        namespace,
        name: `${workload}-${pod_template_hash}-${generatedName(random, 5)}`,
        uid: uuid(),
        workload,
        replica_set: `${workload}-${pod_template_hash}`,
        pod_template_hash,
        service_account: workload,
        ip: `10.60.${nodes.indexOf(node)}.${20 + Math.floor(random() * 200)}`,
        node,
        container_id: hex(64),
        image,
        started_ms: start_ms - Math.floor(random() * 20 * 24 * 3_600_000) - 3_600_000,
      };
    });
  });
  const podOf = (workload: string): Pod => pick(pods.filter((pod) => pod.workload === workload));
  return { random, start_ms, nodes, pods, hex, uuid, pick, podOf };
}

/** Letters and digits that Kubernetes uses in generated names. */
const generatedLetters = 'bcdfghjklmnpqrstvwxz2456789';

function generatedName(random: () => number, length: number): string {
  return Array.from({ length }, () => generatedLetters[Math.floor(random() * generatedLetters.length)]).join(
    '',
  );
}
