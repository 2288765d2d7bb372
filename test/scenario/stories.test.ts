import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readRuleFiles } from '#shared/sigma/set/load.ts';
import { runReplay } from '../../services/standalone/replay/run.ts';
import { demoOptions } from './generate-demo.ts';
import { createScenario } from './scenario.ts';
import { cloudCredentials } from './stories/cloud-credentials.ts';
import { runtimeSocket } from './stories/runtime-socket.ts';

const timeout_ms = 60_000;
const rules = join(import.meta.dirname, '../../rules');

it.each([cloudCredentials, runtimeSocket])(
  'one incident and nothing else: $title',
  async (story) => {
    const out = mkdtempSync(join(tmpdir(), 'story-'));
    onTestFinished(() => rmSync(out, { recursive: true }));
    const { lines, truth } = createScenario({ ...demoOptions, seed: 11, benign_records: 500, attack: story });
    const file = join(out, 'stream.ndjson');
    writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const { incidents } = await runReplay({
      files: [file],
      out: join(out, 'results'),
      scope: 'default',
      rules: await readRuleFiles(rules, { tests: false }),
    });
    expect(incidents.map(({ fields }) => fields.status)).toEqual(['open']);
    const told = (incidents[0]?.timeline ?? []).filter(({ breakwater }) => breakwater.class !== 'context');
    const hashes = told.map(({ event }) => event.hash);
    expect(hashes).toEqual(expect.arrayContaining([...truth.key_events]));
    expect(hashes.filter((hash) => !truth.events.includes(hash))).toEqual([]);
    expect(readFileSync(join(out, 'results', 'dlq.ndjson'), 'utf8')).toBe('');
  },
  timeout_ms,
);
