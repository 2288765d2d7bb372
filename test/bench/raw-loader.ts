import type { Event } from '#shared/avro/types.generated.ts';
import { systemClock } from '#shared/clock/clock.ts';
import { createElasticsearchSink } from '#shared/search/elasticsearch/sink.ts';
import { eventStream } from '#shared/search/names.ts';

/** The best of a few sizes on two cores; both sides of the comparison send the same amount at once. */
const documents_per_request = 2_000;
const requests_in_flight = 4;

/** Sends prepared bulk requests as fast as they are taken; `measured` runs what is to be measured. */
export async function loadDirectly<Result>(
  url: string,
  run: string,
  events: readonly Event[],
  measured: (load: () => Promise<void>) => Promise<Result>,
): Promise<Result> {
  const namespace = `bench_${Date.now().toString(36)}_${run}`;
  await prepareTemplates(url, namespace);
  const bodies = requestBodies(events, namespace);
  let next = 0;
  const send = async (): Promise<void> => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const answer = await fetch(`${url}/_bulk?filter_path=errors`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body,
      });
      if ((await answer.text()) !== '{"errors":false}')
        throw new Error(`the raw loader failed: ${answer.status}`);
    }
  };
  return measured(async () => {
    await Promise.all(Array.from({ length: requests_in_flight }, send));
  });
}

async function prepareTemplates(url: string, namespace: string): Promise<void> {
  const sink = createElasticsearchSink({ url, namespace, clock: systemClock });
  await sink.prepare();
  await sink.close();
}

function requestBodies(events: readonly Event[], namespace: string): readonly string[] {
  const lines = events.map(
    ({ id, dataset, document }) =>
      `{"create":{"_index":"${eventStream(dataset, namespace)}","_id":"${id}"}}\n${document}\n`,
  );
  return Array.from({ length: Math.ceil(lines.length / documents_per_request) }, (_, part) =>
    lines.slice(part * documents_per_request, (part + 1) * documents_per_request).join(''),
  );
}
