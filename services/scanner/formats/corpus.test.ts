import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { validateDocument } from '#shared/ecs/validate.ts';
import { ingest } from '#shared/ingest/testing/harness.ts';
import { isJsonObject, isList, type JsonObject, parseJson } from '#shared/event/json.ts';
import { at } from '#shared/event/read.ts';
import { loadKnownExploited } from '../known-exploited.ts';
import { scannerFormats } from './registry.ts';

/** Real output of scanners, kept outside the project because of its size and licences. */
const folder = join(
  process.env['BREAKWATER_SHARED'] ?? join(import.meta.dirname, '../../../../shared'),
  'samples/scanner',
);

/** The one format that reads what is in a folder; folders of several tools are left to their names. */
const expected: Readonly<Record<string, string>> = {
  clair: 'clair',
  cyclonedx: 'cyclonedx',
  grype: 'grype',
  harbor: 'harbor-scan',
  kubescape: 'kubescape',
  sarif: 'sarif',
  snyk: 'snyk',
  spdx: 'spdx',
  sysdig: 'sysdig',
};

const haveSamples = existsSync(folder);
if (!haveSamples) {
  process.stderr.write(
    `SKIPPED: no samples in ${folder}; set BREAKWATER_SHARED to the folder that holds them\n`,
  );
}
const names = haveSamples
  ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(?:json|jsonl|sarif)$/.test(name),
    )
  : [];

const formats = scannerFormats(loadKnownExploited(undefined));

/** The records of a sample: one, or those of a list. */
function recordsOf(name: string): readonly JsonObject[] {
  const parsed = parseJson(readFileSync(join(folder, name)));
  if (parsed.kind === 'invalid') return [];
  return (isList(parsed.value) ? parsed.value : [parsed.value]).filter(isJsonObject);
}

describe.skipIf(!haveSamples)('real output of scanners', () => {
  test.each(names.toSorted())('%s is recognised by one format at most', (name) => {
    const tool = expected[name.split('/')[0] ?? ''];
    for (const record of recordsOf(name)) {
      const recognised = formats.filter(({ recognises }) => recognises(record)).map((format) => format.name);
      if (tool === undefined) expect(recognised.length).toBeLessThan(2);
      else expect(recognised).toEqual([tool]);
    }
  });

  test('marks are context of an image, and never of what is suppressed', async () => {
    const values = names.map((name) => readFileSync(join(folder, name)));
    const { documents, signals } = await ingest({ family: 'scanner', formats }, ...values);
    expect(documents.length).toBeGreaterThan(names.length);
    expect(documents.slice(0, 2000).flatMap(validateDocument)).toEqual([]);
    expect(signals.length).toBeGreaterThan(0);
    const suppressed = documents
      .filter((document) => at(document, 'breakwater', 'finding', 'suppressed') === true)
      .map((document) => at(document, 'event', 'id'));
    expect(suppressed.length).toBeGreaterThan(0);
    expect(signals.filter((signal) => suppressed.includes(signal.event.id))).toEqual([]);
    expect(new Set(signals.map((signal) => signal.class))).toEqual(new Set(['context']));
  });
});
