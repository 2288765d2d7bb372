import type { EcsDocument } from '#shared/event/ecs.ts';
import type { Draft } from '#shared/event/format.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { integer, objects, text } from '#shared/event/read.ts';
import { ecsSeverity, type Scan, scanFields, severityOf } from './finding.ts';
import { subjectEntities } from './subject.ts';

/** Misconfigurations, secrets and licences of one Trivy result. Matches and code lines are left out: they hold secrets. */
export function otherFindings(scan: Scan, result: JsonObject): Draft[] {
  return [
    ...objects(result['Misconfigurations']).map((found) => misconfigurationDraft(scan, result, found)),
    ...objects(result['Secrets']).map((found) => secretDraft(scan, result, found)),
    ...objects(result['Licenses']).map((found) => licenceDraft(scan, found)),
  ];
}

function misconfigurationDraft(scan: Scan, result: JsonObject, found: JsonObject): Draft {
  const id = text(found['ID']) ?? text(found['AVDID']);
  const status = text(found['Status']);
  return draftOf(scan, 'misconfiguration', [id, text(result['Target'])], {
    message: `${id ?? 'Misconfiguration'}: ${text(found['Title']) ?? 'misconfigured'} (${text(result['Target']) ?? scan.subject.label})`,
    event: {
      kind: 'state',
      category: ['configuration'],
      type: ['info'],
      module: 'trivy',
      severity: ecsSeverity[severityOf(text(found['Severity']))],
      action: 'misconfiguration-found',
      outcome: status === 'PASS' ? 'success' : 'failure',
      reason: text(found['Message']),
    },
    rule: {
      id,
      name: text(found['Title']),
      category: text(found['Type']),
      description: text(found['Description']),
      reference: text(found['PrimaryURL']),
    },
    file: { path: text(result['Target']) },
  });
}

function secretDraft(scan: Scan, result: JsonObject, found: JsonObject): Draft {
  const id = text(found['RuleID']);
  const line = integer(found['StartLine']);
  return draftOf(scan, 'secret', [id, text(result['Target']), String(line)], {
    message: `Secret in ${scan.subject.label}: ${text(found['Title']) ?? id ?? 'unknown kind'} in ${text(result['Target']) ?? 'a file'}`,
    event: {
      kind: 'state',
      category: ['vulnerability'],
      type: ['info'],
      module: 'trivy',
      severity: ecsSeverity[severityOf(text(found['Severity']))],
      action: 'secret-found',
    },
    rule: { id, name: text(found['Title']), category: text(found['Category']) },
    file: { path: text(result['Target']) },
  });
}

function licenceDraft(scan: Scan, found: JsonObject): Draft {
  const name = text(found['Name']);
  return draftOf(scan, 'licence', [name, text(found['PkgName']), text(found['FilePath'])], {
    message: `Licence ${name ?? 'unknown'} (${text(found['Severity']) ?? 'unclassified'}) in ${scan.subject.label}`,
    event: {
      kind: 'state',
      category: ['package'],
      type: ['info'],
      module: 'trivy',
      severity: ecsSeverity[severityOf(text(found['Severity']))],
      action: 'licence-found',
    },
    package: { name: text(found['PkgName']), license: name },
    file: { path: text(found['FilePath']) },
  });
}

function draftOf(
  scan: Scan,
  kind: string,
  identity: readonly (string | undefined)[],
  document: EcsDocument,
): Draft {
  const parts = [scan.report_id, ...identity].map((part) => part ?? '');
  return {
    time_ns: scan.time_ns,
    dataset: `trivy.${kind}`,
    dedupe_key: scan.report_id === undefined ? undefined : parts.join('|'),
    document: { ...scanFields(scan), ...document },
    actors: [],
    targets: subjectEntities(scan.subject),
  };
}
