import type { Draft, Format, FormatResult, RecordContext } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { parsePrincipal } from '#shared/event/kubernetes.ts';
import { severityOf } from '#shared/event/severity.ts';
import { auditDataset, auditDocument } from './audit-document.ts';
import { type AuditEvent, readAuditEvent } from './audit-event.ts';
import { auditStatements } from './audit-facts.ts';
import { isGkeAudit, readGkeAudit } from './gke-audit.ts';
import { auditMarks } from './audit-marks.ts';
import { auditActors, auditTargets } from './audit-roles.ts';
import { readPolicyDenial } from './denial.ts';

/** Audit events of the Kubernetes API server, of any version, also as EKS, AKS and GKE pass them on. */
export const kubernetesAudit: Format = { name: 'k8s-audit', family: 'admission', recognises, normalise };

function recognises(record: JsonValue): boolean {
  if (!isJsonObject(record)) return false;
  if (typeof record['auditID'] !== 'string') return isGkeAudit(record);
  return typeof record['verb'] === 'string' && typeof record['stage'] === 'string';
}

function normalise(record: JsonObject, context: RecordContext): FormatResult {
  const audit = record['auditID'] === undefined ? readGkeAudit(record) : readAuditEvent(record);
  if (audit === undefined) return { kind: 'reject', reason: 'audit.no_user' };
  // Says nothing that the next stage of the same request does not say again, with the answer.
  if (audit.stage === 'RequestReceived') return { kind: 'drop', reason: 'audit.request_received' };
  return { kind: 'ok', drafts: [auditDraft(audit, context)] };
}

function auditDraft(audit: AuditEvent, context: RecordContext): Draft {
  const principal = parsePrincipal(audit.user.username);
  const asked = audit.impersonated === undefined ? principal : parsePrincipal(audit.impersonated.username);
  const marks = auditMarks(audit, asked);
  const document = auditDocument(audit, principal);
  const denial = marks.length === 0 ? undefined : readPolicyDenial(audit.message);
  const [mark] = marks;
  const { facts, descriptions } = auditStatements(audit, principal, audit.time_ns ?? context.arrival_ns);
  if (denial !== undefined && mark !== undefined) {
    document.event = { ...document.event, kind: 'alert', severity: severityOf(mark.rule.level) };
    document.rule = { name: denial.policy, ruleset: denial.engine, description: denial.reason };
  }
  return {
    time_ns: audit.time_ns,
    dataset: auditDataset,
    dedupe_key: audit.audit_id === undefined ? undefined : `${audit.audit_id}/${audit.stage ?? ''}`,
    document,
    actors: auditActors(audit, principal),
    targets: auditTargets(audit),
    marks,
    facts,
    descriptions,
  };
}
