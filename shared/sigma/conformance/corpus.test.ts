import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { createMatcher } from '../match/matcher.ts';
import { problemText } from '../problem.ts';
import { loadRuleSet } from '../set/load.ts';
import type { CompiledRule } from '../set/rule-set.ts';
import { regressionEvents } from './regression.ts';

const shared = process.env.BREAKWATER_SHARED ?? join(import.meta.dirname, '../../../../shared');
const corpus = join(shared, 'sigma');
const present = existsSync(corpus);
if (!present)
  process.stderr.write(`SKIPPED: no Sigma corpus at ${corpus}; set BREAKWATER_SHARED to run it\n`);

const ruleFolders = ['rules', 'rules-threat-hunting', 'rules-emerging-threats'].map((name) =>
  join(corpus, 'sigmahq', name),
);

const info = z.object({
  rule_metadata: z.array(z.object({ id: z.string() })).min(1),
  regression_tests_info: z.array(z.object({ match_count: z.number().optional() })).min(1),
});

async function load(paths: string | readonly string[]): Promise<readonly CompiledRule[]> {
  const result = await loadRuleSet(paths);
  expect(result.problems.filter(({ severity }) => severity === 'error').map(problemText)).toEqual([]);
  return result.kind === 'loaded' ? result.set.rules : [];
}

describe.skipIf(!present)('the SigmaHQ corpus', () => {
  test('every rule compiles', async () => {
    expect((await load(ruleFolders)).length).toBe(441);
  });

  test('every regression case matches as often as it says', async () => {
    const rules = await load(ruleFolders);
    const folder = join(corpus, 'sigmahq/regression_data');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('info.yml'),
    );
    const failures = files.filter((name) => {
      const { rule_metadata, regression_tests_info } = info.parse(
        parse(readFileSync(join(folder, name), 'utf8')),
      );
      const rule = rules.filter((candidate) => candidate.rule.id === rule_metadata[0]?.id);
      const matcher = createMatcher(rule);
      const events = regressionEvents(join(folder, dirname(name)));
      const matches = events.filter((event) => matcher.match({}, event).length > 0).length;
      return rule.length !== 1 || matches < (regression_tests_info[0]?.match_count ?? 1);
    });
    expect(failures).toEqual([]);
    expect(files.length).toBe(104);
  });

  test('community correlations and filters load', async () => {
    for (const name of ['pysigma', 'rsigma', 'hayabusa-rules']) {
      const result = await loadRuleSet(join(corpus, 'correlation-examples', name));
      expect(result.problems.filter(({ severity }) => severity === 'error').map(problemText)).toEqual([]);
    }
  });

  test('the schema examples of the specification load, but for the rules that they only name', async () => {
    const folder = join(corpus, 'specification/tests/schema');
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.yml'),
    );
    expect(names.length).toBe(12);
    for (const name of names) {
      const { problems } = await loadRuleSet(join(folder, name));
      const errors = problems.filter(
        ({ severity, code }) => severity === 'error' && code !== 'rule-reference-unknown',
      );
      expect(errors.map(problemText)).toEqual([]);
    }
  });
});
