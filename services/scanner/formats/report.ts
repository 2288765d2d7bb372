import type { FlattenedValue } from '#shared/event/ecs-extension.ts';
import type { EcsDocument } from '#shared/event/ecs.ts';
import type { Draft } from '#shared/event/format.ts';
import { type Scan, scanFields } from './finding.ts';
import { subjectEntities, subjectFacts } from './subject.ts';

/** What a report is, apart from its findings. */
export interface Report {
  readonly action: 'image-scanned' | 'cluster-scanned' | 'sbom-received' | 'vex-received';
  readonly message: string;
  readonly category: 'vulnerability' | 'configuration' | 'package';
  /** What the tool said beyond ECS; under the module's name. */
  readonly said: FlattenedValue;
}

/** The event of a report, which carries the facts about its subject; a scan without a time counts from its arrival. */
export function reportDraft(scan: Scan, report: Report, arrival_ns: bigint): Draft {
  const document: EcsDocument = {
    ...scanFields(scan),
    message: report.message,
    event: {
      kind: 'event',
      category: [report.category],
      type: ['info'],
      module: scan.module,
      action: report.action,
    },
  };
  return withSaid(
    {
      time_ns: scan.time_ns,
      dataset: `${scan.module}.report`,
      dedupe_key: scan.report_id,
      document,
      actors: [],
      targets: subjectEntities(scan.subject),
      facts: subjectFacts(scan.subject, scan.time_ns ?? arrival_ns),
    },
    scan.module,
    report.said,
  );
}

/** A draft with what the tool said beyond ECS, in the tool's own field. */
export function withSaid(draft: Draft, module: string, said: FlattenedValue): Draft {
  return { ...draft, document: { ...draft.document, [module]: said } };
}
