import { z } from 'zod';

/** What loading a number of documents took. */
export interface Figures {
  readonly per_second: number;
  /** CPU time of this process and of Elasticsearch, for one document. */
  readonly own_cpu_us: number;
  readonly server_cpu_us: number;
}

/** Runs a load and measures it. */
export async function measure(url: string, documents: number, load: () => Promise<void>): Promise<Figures> {
  const server_before_ms = await serverCpu_ms(url);
  const own_before = process.cpuUsage();
  const started_ms = performance.now();
  await load();
  const duration_ms = performance.now() - started_ms;
  const own = process.cpuUsage(own_before);
  const server_ms = (await serverCpu_ms(url)) - server_before_ms;
  return {
    per_second: (documents * 1000) / duration_ms,
    own_cpu_us: (own.user + own.system) / documents,
    server_cpu_us: (server_ms * 1000) / documents,
  };
}

const stats = z.object({
  nodes: z.record(
    z.string(),
    z.object({ process: z.object({ cpu: z.object({ total_in_millis: z.number() }) }) }),
  ),
});

/** CPU time that all nodes have used so far. */
async function serverCpu_ms(url: string): Promise<number> {
  const answer = await fetch(`${url}/_nodes/stats/process`);
  const { nodes } = stats.parse(await answer.json());
  return Object.values(nodes).reduce((total, node) => total + node.process.cpu.total_in_millis, 0);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}
