import type { Family } from '#shared/avro/types.generated.ts';
import type { Clock } from '#shared/clock/clock.ts';
import type { ContextStore } from '#shared/context/port.ts';
import type { Format } from '#shared/event/format.ts';
import type { Stream, StreamWriter } from '#shared/kafka/port.ts';
import type { AuditTrail } from '#shared/service/audit-trail.ts';
import { Loop } from '#shared/service/loop.ts';
import type { Detector } from '#shared/sigma/detector.ts';
import type { Log } from '#shared/telemetry/log.ts';
import type { Telemetry } from '#shared/telemetry/telemetry.ts';
import { createIngest } from './ingest.ts';

/** Records that are read, enriched and written together. */
const batch_records_max = 1000;

export interface FamilyLoopOptions {
  readonly family: Family;
  readonly formats: readonly Format[];
  readonly stream: Stream;
  readonly writer: StreamWriter;
  readonly context: ContextStore;
  readonly detector: () => Detector;
  readonly audit: AuditTrail;
  readonly scope: string;
  readonly namespace: string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly log: Log;
}

/** The whole work of a family service: `raw.<family>` in; events, signals, facts and dead letters out. */
export function createFamilyLoop(options: FamilyLoopOptions): Loop {
  const { family, stream, writer, audit, scope, clock, telemetry, log } = options;
  return new Loop({
    name: family,
    stream,
    writer,
    topics: [`raw.${family}`],
    batch_records_max,
    processor: createIngest(options),
    deadLetterTopic: () => `dlq.${family}`,
    audit_type: 'batch.ingest',
    audit,
    tenant: scope,
    clock,
    telemetry,
    log,
  });
}
