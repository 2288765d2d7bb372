import type { StreamGap } from '#shared/kafka/port.ts';
import type { Log } from '#shared/telemetry/log.ts';
import type { Telemetry } from '#shared/telemetry/telemetry.ts';
import type { AuditEntry } from './audit-trail.ts';
import { gapEntry } from './batch-audit.ts';

/** Records that retention removed before they were read: logged and counted at once, audited with the next batch. */
export class Gaps {
  readonly #telemetry: Telemetry;
  readonly #log: Log;
  #gaps: StreamGap[] = [];

  constructor({ telemetry, log }: { readonly telemetry: Telemetry; readonly log: Log }) {
    this.#telemetry = telemetry;
    this.#log = log;
  }

  report(gap: StreamGap): void {
    this.#gaps.push(gap);
    this.#telemetry.recordsLost(gap.topic, Number(gap.to - gap.from));
    this.#log.error('records were removed by retention before they were read', {
      topic: gap.topic,
      partition: gap.partition,
      offset_from: gap.from,
      offset_to: gap.to,
    });
  }

  /** Audit records of the gaps since the last call. */
  takeEntries(tenant: string, time_ns: bigint): AuditEntry[] {
    const gaps = this.#gaps;
    this.#gaps = [];
    return gaps.map((gap) => gapEntry(tenant, time_ns, gap));
  }
}
