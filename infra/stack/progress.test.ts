import { expect, it } from 'vitest';
import { printProgress } from './progress.ts';

it('tells each step once, and a download in quarters', () => {
  const lines: string[] = [];
  const tell = printProgress({ write: (line: string) => lines.push(line.trim()) > 0 });
  const download = {
    server: 'kafka',
    phase: 'downloading',
    text: 'fetching Kafka',
    bytes_total: 34_000_000,
  } as const;
  for (let done = 0; done <= 34; done++) tell({ ...download, bytes_done: done * 1_000_000 });
  tell({ server: 'kafka', phase: 'starting', text: 'starting Kafka' });
  tell({ server: 'kafka', phase: 'starting', text: 'starting Kafka' });
  for (const server of ['kafka', 'redis'] as const)
    tell({ server, phase: 'waiting', text: 'process 1 is busy' });
  expect(lines).toEqual([
    ...[0, 25, 50, 75, 100].map((percent) => `fetching Kafka: ${percent} % of 34 MB`),
    'starting Kafka',
    'process 1 is busy',
  ]);
});
