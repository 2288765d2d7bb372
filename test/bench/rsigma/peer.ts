import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { logsourceKey } from '#shared/sigma/logsource.ts';
import type { BenchEvent } from '../sigma/events.ts';

/** What one round cost the peer, in CPU microseconds. */
export interface PeerRound {
  readonly parse_us: number;
  readonly total_us: number;
}

/** The peer with rules and events loaded. */
export interface Peer {
  /** By event, the ids of the rules that match, in order. */
  readonly verdicts: readonly string[];
  readonly rule_count: number;
  /** What it said of rules that it would not take. */
  readonly refusals: readonly string[];
  round(): Promise<PeerRound>;
  stop(): void;
}

/** Starts the peer on rule files and events; one thread. */
export async function startPeer(
  program: string,
  ruleFiles: readonly string[],
  events: readonly BenchEvent[],
): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-race-'));
  const write = (name: string, lines: readonly string[]): string => {
    const path = join(folder, name);
    writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
    return path;
  };
  const child = spawn(
    program,
    [
      write('rules', ruleFiles),
      write(
        'logsources',
        events.map(({ logsource }) => logsourceKey(logsource)),
      ),
      write(
        'events',
        events.map(({ json }) => json),
      ),
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const refusals: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => refusals.push(line));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function read(key: string): Promise<string> {
    const { value, done } = await lines.next();
    if (done === true || !value.startsWith(`${key}: `)) {
      throw new Error(`the peer said ${String(value)} instead of ${key}: ${refusals.join('; ')}`);
    }
    return value.slice(key.length + 2);
  }

  const verdicts: string[] = [];
  for (const _ of events) verdicts.push(await read('ids'));
  const rule_count = Number(await read('rules'));
  return {
    verdicts,
    rule_count,
    refusals,
    round: async () => {
      child.stdin.write('\n');
      return { parse_us: Number(await read('parse_us')), total_us: Number(await read('total_us')) };
    },
    stop() {
      child.stdin.end();
      rmSync(folder, { recursive: true });
    },
  };
}
