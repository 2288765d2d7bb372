import { noSearchTelemetry, type SearchTelemetry } from '#shared/search/telemetry.ts';
import type { Log } from '#shared/telemetry/log.ts';
import type { Telemetry } from '#shared/telemetry/telemetry.ts';

/** Says in the log when the writer cannot work and when it can again, and counts what is sent once more. */
export function createSearchTelemetry(log: Log, telemetry: Telemetry): SearchTelemetry {
  return {
    ...noSearchTelemetry,
    documentsRetried: (reason) => telemetry.errorSeen(reason, 'bulk'),
    writerState: (state, detail) => {
      if (state === 'running') log.info('Elasticsearch takes documents again');
      else log.warn('Elasticsearch does not take documents; trying again', { state, reason: detail });
    },
  };
}
