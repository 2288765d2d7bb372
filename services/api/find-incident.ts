import { BreakwaterError } from '#shared/errors/error.ts';
import type { IncidentStore } from './ports/incident-store.ts';

/**
 * An incident's document.
 * @throws BW_INCIDENT_UNKNOWN
 */
export async function findIncident(
  incidents: IncidentStore,
  id: string,
): Promise<Readonly<Record<string, unknown>>> {
  const found = await incidents.find(id);
  if (found === undefined)
    throw new BreakwaterError('BW_INCIDENT_UNKNOWN', 'there is no incident with that id');
  return found;
}
