import type { Family } from '#shared/avro/types.generated.ts';
import { type BatchProcessor, Loop, type LoopOptions } from '#shared/service/loop.ts';

/** Records that are read, enriched and written together. */
const batch_records_max = 1000;

type Ports = Pick<LoopOptions, 'stream' | 'writer' | 'audit' | 'clock' | 'telemetry' | 'log'>;

export interface FamilyLoopOptions extends Ports {
  readonly family: Family;
  /** From `createIngest`. */
  readonly processor: BatchProcessor;
  readonly scope: string;
}

/** The whole work of a family service: `raw.<family>` in; events, signals, facts and dead letters out. */
export function createFamilyLoop({ family, scope, ...options }: FamilyLoopOptions): Loop {
  return new Loop({
    ...options,
    name: family,
    topics: [`raw.${family}`],
    batch_records_max,
    deadLetterTopic: () => `dlq.${family}`,
    audit_type: 'batch.ingest',
    tenant: scope,
  });
}
