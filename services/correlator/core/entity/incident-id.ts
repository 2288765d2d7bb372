import { shortHash } from '#shared/event/identity.ts';

/** The id of the incident whose earliest bridge signal this is. */
export function incidentId(scope: string, signal_id: string): string {
  return shortHash(`incident\u0000${scope}\u0000${signal_id}`);
}
