import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { setOfText } from '#shared/sigma/testing/build.ts';
import { explainOn } from './explain-event.ts';

const set = setOfText(`
title: Shell
id: 7a0e9d0e-6a83-4b0a-b6a3-3f4f2ee9d001
name: shell_started
logsource: { product: linux, category: process_creation }
detection: { s: { process.name: sh }, condition: s }
---
title: Two shells
id: 7a0e9d0e-6a83-4b0a-b6a3-3f4f2ee9d002
correlation: { type: event_count, rules: [shell_started], group-by: [host.name], timespan: 1m, condition: { gte: 2 } }
`);
const file = join(mkdtempSync(join(tmpdir(), 'explain-')), 'events.ndjson');
const event = (id: string, name: string, format = 'tetragon'): string =>
  JSON.stringify({
    event: { id, category: ['process'], type: ['start'] },
    process: { name },
    breakwater: { family: format === 'k8s-audit' ? 'admission' : 'runtime', format },
  });
writeFileSync(file, [event('one', 'sh'), event('two', 'cat'), event('three', 'sh', 'k8s-audit')].join('\n'));

const explained = (rule: string, eventId?: string): Promise<string> =>
  explainOn(set, rule, file, { eventId, json: false });

test('takes the first event of a file, or the one that is asked for', async () => {
  expect(await explained('shell_started')).toContain('Shell (7a0e9d0e-6a83-4b0a-b6a3-3f4f2ee9d001) matches');
  expect(await explained('shell_started', 'two')).toContain('fails for "cat"');
  expect(await explained('shell_started', 'three')).toContain(
    'its log source linux process_creation is not that of the event, kubernetes audit application',
  );
});

test('says what is missing, and what may be meant', async () => {
  await expect(explained('shell_startd')).rejects.toThrow('(try: shell_started)');
  await expect(explained('7a0e9d0e-6a83-4b0a-b6a3-3f4f2ee9d002')).rejects.toThrow(
    'is a correlation: it looks at signals of shell_started',
  );
  await expect(explained('shell_started', 'nine')).rejects.toThrow('no event with the id nine');
  await expect(explainOn(set, 'shell_started', `${file}.gone`, { json: false })).rejects.toThrow(
    'does not exist',
  );
});
