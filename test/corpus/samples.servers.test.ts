import { afterAll, describe, expect, test } from 'vitest';
import { systemClock } from '#shared/clock/clock.ts';
import type { NormalisedEvent } from '#shared/event/event.ts';
import { createRandom } from '#shared/random/random.ts';
import { createElasticsearchSink } from '#shared/search/elasticsearch/sink.ts';
import { eventStream } from '#shared/search/names.ts';
import type { SearchWrite } from '#shared/search/port.ts';
import { allFormats } from '../../services/standalone/events/all-formats.ts';
import { serverAddresses } from '../servers/addresses.ts';
import { mutate } from './mutate.ts';
import { readValue } from './run.ts';
import { haveSamples, readSamples } from './samples.ts';

const namespace = `corpus_${Date.now().toString(36)}`;
const damaged_per_sample = 3;

/** Strict templates: a field that they do not have is refused, not ignored. */
const sink = createElasticsearchSink({
  url: serverAddresses().elasticsearch_url,
  namespace,
  clock: systemClock,
  dynamic: 'strict',
});
afterAll(() => sink.close());

function writeOf({ id, dataset, document }: NormalisedEvent): SearchWrite {
  const stream = { type: 'logs', dataset, namespace };
  return {
    index: eventStream(dataset, namespace),
    id,
    action: 'create',
    document: JSON.stringify({ ...document, data_stream: stream }),
  };
}

describe.skipIf(!haveSamples)('Elasticsearch under strict templates', () => {
  test('takes what becomes of every sample, and of damaged ones', async () => {
    await sink.prepare();
    const formats = allFormats();
    const random = createRandom(1);
    const events = readSamples().flatMap(({ family, value }) => {
      const damaged = Array.from({ length: damaged_per_sample }, () => mutate(value, random));
      return [value, ...damaged].flatMap((one) => readValue(one, family, formats[family]).events);
    });
    // Objects of the inventory are not indexed.
    const indexed = events.filter((event) => event.family !== 'inventory');
    const outcomes = await sink.write(indexed.map(writeOf));
    const refused = outcomes.flatMap((outcome, index) =>
      outcome.kind === 'written' || outcome.kind === 'duplicate'
        ? []
        : [`${indexed[index]?.format ?? ''}: ${outcome.reason}: ${outcome.detail}`],
    );
    expect(refused).toEqual([]);
    expect(outcomes.filter(({ kind }) => kind === 'written').length).toBeGreaterThan(500);
  });
});
