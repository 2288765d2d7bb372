/** Runs before the measured ones, to let the compiler settle. */
const warm_up_runs = 3;

/** CPU time of this process in microseconds, median over some runs, for one run of the work. */
export function cpuOf(work: () => void, runs: number): number {
  for (let run = 0; run < warm_up_runs; run += 1) work();
  const samples = Array.from({ length: runs }, () => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return user + system;
  });
  samples.sort((a, b) => a - b);
  return samples[Math.floor(samples.length / 2)] ?? 0;
}
