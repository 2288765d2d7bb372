import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * Replays labelled campaigns and says, for each: records a second, the score against the labels, and whether shuffled
 * input gives the same bytes. The campaigns are not part of the project: `BREAKWATER_SHARED`, or `../shared`.
 */
const project = join(import.meta.dirname, '../..');
const campaigns = join(process.env['BREAKWATER_SHARED'] ?? join(project, '../shared'), 'campaigns');
const shuffles = Number(process.env['BREAKWATER_SHUFFLES'] ?? 2);

const summaryShape = z.object({ records: z.number(), duration_ms: z.number() });
const scoreShape = z.object({
  overall: z.object({
    f1: z.number(),
    incidents_true: z.number(),
    incidents_found: z.number(),
    spurious_incidents: z.number(),
    benign_alerts_joined_to_attacks: z.number(),
  }),
});

function replay(campaign: string, out: string, extra: readonly string[] = []): z.infer<typeof summaryShape> {
  rmSync(out, { recursive: true, force: true });
  const stream = join(campaigns, campaign, 'stream.ndjson');
  const options = ['replay', stream, '--out', out, '--json', ...extra];
  const text = execFileSync(join(project, 'bin/breakwater'), options, { maxBuffer: 2 ** 28 });
  return summaryShape.parse(JSON.parse(text.toString('utf8')));
}

function digest(out: string): string {
  return createHash('sha256')
    .update(readFileSync(join(out, 'incidents.ndjson')))
    .digest('hex');
}

function score(campaign: string, out: string): z.infer<typeof scoreShape>['overall'] {
  const options = [
    '--truth',
    join(campaigns, campaign, 'truth.json'),
    '--timeline',
    join(out, 'timeline.ndjson'),
  ];
  const text = execFileSync(process.execPath, [
    join(campaigns, 'score.mjs'),
    ...options,
    '--incidents',
    join(out, 'incidents.ndjson'),
    '--json',
  ]);
  return scoreShape.parse(JSON.parse(text.toString('utf8'))).overall;
}

if (existsSync(campaigns)) {
  const folder = mkdtempSync(join(tmpdir(), 'campaigns-'));
  const rows = [];
  for (const entry of readdirSync(campaigns, { withFileTypes: true }).filter((each) => each.isDirectory())) {
    const campaign = entry.name;
    const out = join(folder, campaign);
    const { records, duration_ms } = replay(campaign, out);
    const overall = score(campaign, out);
    const first = digest(out);
    const seeds = Array.from({ length: shuffles }, (_, index) => index + 1);
    const same = seeds.filter((seed) => {
      const shuffled = join(folder, 'shuffled');
      replay(campaign, shuffled, ['--shuffle', String(seed)]);
      return digest(shuffled) === first;
    });
    rows.push({
      campaign,
      records,
      'records/s': Math.round(records / (duration_ms / 1000)),
      found: `${overall.incidents_found} of ${overall.incidents_true}`,
      F1: overall.f1,
      spurious: overall.spurious_incidents,
      'benign joined': overall.benign_alerts_joined_to_attacks,
      'same bytes': `${same.length} of ${shuffles} shuffles`,
    });
  }
  console.table(rows);
  rmSync(folder, { recursive: true });
} else {
  console.log(`skipped: ${campaigns} is not there; set BREAKWATER_SHARED to labelled campaigns`);
}
