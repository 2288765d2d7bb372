import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const signalShape = z.object({
  '@timestamp': z.string(),
  message: z.string(),
  event: z.object({ id: z.string(), dataset: z.string() }),
  rule: z.object({ id: z.string(), name: z.string() }),
  threat: z.object({
    tactic: z.object({ name: z.array(z.string()) }),
    technique: z.object({ id: z.array(z.string()) }),
  }),
  signal: z.object({
    id: z.string(),
    level: z.string(),
    origin: z.string(),
    score: z.number(),
    class: z.string(),
    actors: z.array(z.string()),
    targets: z.array(z.string()),
    parts: z.array(z.string()),
  }),
});

/** A signal, or a firing of a correlation rule, as a replay wrote it. */
export type FoundSignal = z.infer<typeof signalShape>;

/** Signals and firings of a replay, by id; a record that came twice counts once. */
export async function readSignals(folder: string): Promise<ReadonlyMap<string, FoundSignal>> {
  const found = new Map<string, FoundSignal>();
  for (const name of ['signals.ndjson', 'firings.ndjson']) {
    for await (const line of linesOf(join(folder, name))) {
      const signal = signalShape.parse(JSON.parse(line));
      found.set(signal.signal.id, signal);
    }
  }
  return found;
}

const eventShape = z.object({ '@timestamp': z.string() });
/** `2026-11-16T09` of a time. */
const hour_chars = 13;

/** The hours, UTC, in which events of a replay happened, in order: a stray event of last year counts for one hour. */
export async function readHours(folder: string): Promise<readonly string[]> {
  const hours = new Set<string>();
  for await (const line of linesOf(join(folder, 'events.ndjson'))) {
    hours.add(eventShape.parse(JSON.parse(line))['@timestamp'].slice(0, hour_chars));
  }
  return [...hours].sort();
}

async function* linesOf(file: string): AsyncGenerator<string> {
  if (!existsSync(file)) return;
  for await (const line of createInterface({ input: createReadStream(file) })) if (line !== '') yield line;
}
