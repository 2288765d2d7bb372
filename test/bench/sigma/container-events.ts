import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { NormalisedEvent } from '#shared/event/event.ts';
import { logsourceOf } from '#shared/sigma/logsource.ts';
import { allFormats } from '../../../services/standalone/events/all-formats.ts';
import { readEventFile } from '../../../services/standalone/events/read-file.ts';
import { sharedFolder } from './corpus.ts';
import type { BenchEvent } from './events.ts';

/** The tools whose events are many: others say little, or seldom. */
const container_formats = [
  'k8s-audit',
  'admissionreview',
  'falco',
  'tetragon',
  'hubble',
  'suricata',
] as const;

const demo = join(import.meta.dirname, '../../fixtures/demo/stream.ndjson');
const campaign = join(sharedFolder, 'campaigns/mixed/stream.ndjson');

/**
 * Recorded events of containers, by format, as the detector gets them: normalised. From the demonstration's stream and,
 * when it is there, a campaign, which has other tools too.
 */
export function containerEvents(): ReadonlyMap<string, readonly BenchEvent[]> {
  const formats = allFormats();
  const lanes = new Map<string, BenchEvent[]>(container_formats.map((format) => [format, []]));
  for (const file of [demo, campaign].filter((path) => existsSync(path))) {
    for (const { events } of readEventFile(file, { formats, family: undefined, scope: 'bench' })) {
      for (const event of events) lanes.get(event.format)?.push(benchEvent(event));
    }
  }
  return new Map([...lanes].filter(([, events]) => events.length > 0));
}

function benchEvent(event: NormalisedEvent): BenchEvent {
  return { logsource: logsourceOf(event), json: JSON.stringify(event.document) };
}
