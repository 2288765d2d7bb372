import { median } from './figures.ts';

/** A kind of work to compare; it does the same number of items each time. */
export interface Work {
  readonly name: string;
  readonly run: () => unknown;
}

export interface Cost {
  readonly name: string;
  /** CPU time of one item, median over the rounds. */
  readonly cpu_us: number;
  /** To the first work of the same round, median over the rounds: what another machine would also see. */
  readonly ratio: number;
}

/** Shortest time that one measurement takes: short ones measure the clock. */
const measurement_us_min = 3_000;
/** Rounds before it counts: until then, the code is being compiled. */
const rounds_unmeasured = 40;

/**
 * CPU time (all threads of this process, so that garbage collection counts) of several works, taken in turns so that
 * what disturbs the machine disturbs all of them.
 * @param items of each run
 */
export async function measureInterleaved(
  works: readonly Work[],
  items: number,
  rounds: number,
): Promise<readonly Cost[]> {
  const taken: number[][] = works.map(() => []);
  const repeats: number[] = [];
  for (const work of works) repeats.push(await repeatsOf(work));
  for (let round = -rounds_unmeasured; round < rounds; round++) {
    for (const [index, work] of works.entries()) {
      const times = repeats[index] ?? 1;
      const total_us = await cpuOf(work, times);
      if (round >= 0) taken[index]?.push(total_us / times / items);
    }
  }
  const [first = []] = taken;
  return works.map(({ name }, index) => {
    const costs = taken[index] ?? [];
    const ratios = costs.map((cost, round) => cost / (first[round] ?? Number.NaN));
    return { name, cpu_us: median(costs), ratio: median(ratios) };
  });
}

async function repeatsOf(work: Work): Promise<number> {
  let times = 1;
  while ((await cpuOf(work, times)) < measurement_us_min) times *= 2;
  return times;
}

async function cpuOf(work: Work, times: number): Promise<number> {
  const before = process.cpuUsage();
  for (let time = 0; time < times; time++) await work.run();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
