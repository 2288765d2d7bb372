import { parentPort, workerData } from 'node:worker_threads';
import { createIngestProcessors } from './ingest-processors.ts';
import type { IngestAnswer, IngestRequest } from './threaded-ingest.ts';
import { packOutcomes, unpackBatch } from './packing.ts';

/** The thread in which a replay reads, enriches and judges records; see `threaded-ingest.ts`. */
if (parentPort === null) throw new Error('runs in a worker thread only');
const port = parentPort;
let now_ms = 0;
const processors = createIngestProcessors(workerData, () => now_ms);

port.on('message', (request: IngestRequest) => {
  now_ms = request.now_ms;
  processors[request.family].process(unpackBatch(request.batch)).then(
    (outcomes) => {
      const packed = packOutcomes(outcomes);
      const answer: IngestAnswer = { id: request.id, outcomes: packed };
      port.postMessage(answer, [packed.values.bytes.buffer]);
    },
    (error: unknown) => {
      throw error;
    },
  );
});
const ready: IngestAnswer = { id: -1, outcomes: packOutcomes([]) };
port.postMessage(ready);
