import type { EcsDocument } from '#shared/event/ecs.ts';
import type { Draft } from '#shared/event/format.ts';
import { ecsSeverity, type Scan, scanFields, type Severity } from './finding.ts';
import { subjectEntities } from './subject.ts';

/** A rule that the subject breaks: a misconfiguration, a control, a lint. */
export interface RuleFinding {
  readonly id: string;
  readonly kind: 'misconfiguration' | 'finding';
  readonly title: string | undefined;
  readonly description?: string | undefined;
  readonly category?: string | undefined;
  readonly reference?: string | undefined;
  readonly severity: Severity;
  /** What exactly was found. */
  readonly reason?: string | undefined;
  readonly path?: string | undefined;
  /** Accepted by its owner. */
  readonly suppressed?: boolean | undefined;
}

/** One state document; it describes its subject and is never a signal. */
export function ruleFindingDraft(scan: Scan, found: RuleFinding): Draft {
  const document: EcsDocument = {
    ...scanFields(scan),
    message: `${found.id} (${found.severity}) of ${scan.subject.label}: ${found.title ?? found.reason ?? found.kind}`,
    event: {
      kind: 'state',
      category: [found.kind === 'misconfiguration' ? 'configuration' : 'vulnerability'],
      type: ['info'],
      module: scan.module,
      severity: ecsSeverity[found.severity],
      action: found.kind === 'misconfiguration' ? 'misconfiguration-found' : 'finding-found',
      outcome: 'failure',
      reason: found.reason,
    },
    rule: {
      id: found.id,
      name: found.title,
      description: found.description,
      category: found.category,
      reference: found.reference,
    },
    file: found.path === undefined ? undefined : { path: found.path },
    breakwater: found.suppressed === true ? { finding: { suppressed: true } } : undefined,
  };
  return {
    time_ns: scan.time_ns,
    dataset: `${scan.module}.${found.kind}`,
    dedupe_key: undefined,
    document,
    actors: [],
    targets: subjectEntities(scan.subject),
  };
}
