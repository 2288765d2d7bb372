import { readFileSync } from 'node:fs';
import { z } from 'zod';

export const labels = ['key', 'attack', 'context', 'benign', 'noise'] as const;
/** What a record is to a campaign; `noise` is not listed in its truth. */
export type Label = (typeof labels)[number];

const truthFile = z.object({
  incidents: z.array(
    z.object({
      id: z.string(),
      events: z.array(z.string()),
      key_events: z.array(z.string()),
      context_events: z.array(z.string()),
    }),
  ),
  benign_alerts: z.array(z.string()),
});

/** The labels of a campaign, by the hash of the record. */
export function readLabels(file: string): ReadonlyMap<string, Label> {
  const { incidents, benign_alerts } = truthFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  const byHash = new Map<string, Label>(benign_alerts.map((hash) => [hash, 'benign']));
  for (const { events, key_events, context_events } of incidents) {
    for (const hash of context_events) byHash.set(hash, 'context');
    for (const hash of events) byHash.set(hash, 'attack');
    for (const hash of key_events) byHash.set(hash, 'key');
  }
  return byHash;
}
