import { globSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '#shared/clock/clock.ts';
import { createElasticsearchSink } from '#shared/search/elasticsearch/sink.ts';
import { eventStream } from '#shared/search/names.ts';
import { serverAddresses } from '../servers/addresses.ts';

const services = `${import.meta.dirname}/../../services`;
const namespace = `goldens_${Date.now().toString(36)}`;
const { elasticsearch_url: url } = serverAddresses();
const sink = createElasticsearchSink({
  url,
  namespace,
  clock: systemClock,
  dynamic: 'strict',
  // Every refusal is to be seen, however many there are.
  limits: { rejections_percent_max: 100 },
});
afterAll(() => sink.close());

/** What `describeGoldens` writes down of each record. */
const golden = z.looseObject({ events: z.array(z.looseObject({})) });

it('takes every document of every format, with no field that the templates do not know', async () => {
  const writes = globSync(`${services}/*/formats/fixtures/**/*.expected.json`)
    .toSorted()
    .flatMap((path) =>
      golden.parse(JSON.parse(readFileSync(path, 'utf8'))).events.map((event, number) => ({
        index: eventStream('goldens', namespace),
        id: `${relative(services, path)}#${number}`,
        action: 'create' as const,
        document: JSON.stringify({ '@timestamp': '2026-11-21T10:00:00Z', ...event }),
      })),
    );
  expect(writes.length).toBeGreaterThan(30);
  await sink.prepare();
  const outcomes = await sink.write(writes);
  const refused = outcomes.flatMap((outcome, number) =>
    outcome.kind === 'written' ? [] : [`${writes[number]?.id}: ${JSON.stringify(outcome)}`],
  );
  expect(refused).toEqual([]);
});
