import type { Level } from '#shared/avro/types.generated.ts';
import type { Mark } from '#shared/event/format.ts';
import type { JsonObject } from '#shared/event/json.ts';
import type { Principal } from '#shared/event/kubernetes.ts';
import { own, text } from '#shared/event/read.ts';
import type { AuditEvent, ObjectReference } from './audit-event.ts';
import { denialLevel, type PolicyDenial, readPolicyDenial } from './denial.ts';

/** Verdicts of the API server and of the policies that it asked: refusals, and checks that did not take place. */
export function auditMarks(audit: AuditEvent, principal: Principal): readonly Mark[] {
  const refused = audit.code !== undefined && audit.code >= 400;
  const denial = refused ? readPolicyDenial(audit.message) : undefined;
  if (denial !== undefined) return [policyMark(denial)];
  if (audit.code === 403) return isControlPlane(principal) ? [] : [forbiddenMark(audit.ref)];
  return audit.annotations === undefined ? [] : annotationMarks(audit.annotations);
}

export function policyMark(denial: PolicyDenial): Mark {
  const { engine, policy, reason } = denial;
  const level = denialLevel(denial);
  return {
    rule: { id: `policy/${engine}/${policy}`, title: `Denied by ${policy}`, level, origin: 'tool' },
    tactics: level === 'medium' ? ['privilege-escalation'] : [],
    techniques: level === 'medium' ? ['T1611'] : [],
    summary: `Denied by ${policy} (${engine}): ${reason}`,
  };
}

/** Parts of the control plane ask for what they may not have all day. */
function isControlPlane(principal: Principal): boolean {
  if (principal.kind === 'system') return principal.name !== 'system:anonymous';
  return principal.controller || principal.kind === 'node';
}

interface Sensitive {
  readonly what: string;
  readonly level: Level;
  readonly tactic: string;
  readonly technique: string;
}

// Programs with too few rights ask for secrets all day; a tool in the hands of a person is told apart by a rule.
const secrets: Sensitive = {
  what: 'secrets',
  level: 'low',
  tactic: 'credential-access',
  technique: 'T1552.007',
};
const rbac: Sensitive = {
  what: 'rbac',
  level: 'medium',
  tactic: 'privilege-escalation',
  technique: 'T1098.006',
};
const exec: Sensitive = { what: 'exec', level: 'medium', tactic: 'execution', technique: 'T1609' };
const token: Sensitive = { what: 'token', level: 'medium', tactic: 'credential-access', technique: 'T1528' };
const node: Sensitive = { what: 'node', level: 'medium', tactic: 'privilege-escalation', technique: 'T1611' };

/** What gives an intruder more than a look around. */
const sensitive = new Map<string, Sensitive>([
  ['secrets', secrets],
  ['roles', rbac],
  ['rolebindings', rbac],
  ['clusterroles', rbac],
  ['clusterrolebindings', rbac],
  ['pods/exec', exec],
  ['pods/attach', exec],
  ['pods/portforward', exec],
  ['pods/ephemeralcontainers', exec],
  ['serviceaccounts/token', token],
  ['nodes/proxy', node],
  ['users', rbac],
  ['groups', rbac],
]);

function forbiddenMark({ resource, subresource }: ObjectReference): Mark {
  const what =
    resource === undefined ? undefined : subresource === undefined ? resource : `${resource}/${subresource}`;
  const found = what === undefined ? undefined : sensitive.get(what);
  if (found === undefined) {
    return {
      rule: { id: 'kubernetes/forbidden', title: 'Refused by the API server', level: 'low', origin: 'tool' },
      tactics: ['discovery'],
      techniques: ['T1613'],
    };
  }
  return {
    rule: {
      id: `kubernetes/forbidden-${found.what}`,
      title: `Refused access to ${what}`,
      level: found.level,
      origin: 'tool',
    },
    tactics: [found.tactic],
    techniques: [found.technique],
  };
}

const podSecurityAudit = 'pod-security.kubernetes.io/audit-violations';
const policyFailure = 'validation.policy.admission.k8s.io/validation_failure';

function annotationMarks(annotations: JsonObject): readonly Mark[] {
  const marks: Mark[] = [];
  for (const key in annotations) {
    if (key.startsWith('failed-open.')) marks.push(failedOpen(text(annotations[key])));
  }
  const violations = text(own(annotations, podSecurityAudit));
  if (violations !== undefined) marks.push(posture('pod-security', 'Violates Pod Security', violations));
  const failure = text(own(annotations, policyFailure));
  if (failure !== undefined) marks.push(posture('admission-policy', 'Violates an admission policy', failure));
  return marks.length > 1 ? [...new Map(marks.map((mark) => [mark.rule.id, mark])).values()] : marks;
}

/** A webhook could not be asked, and its failure policy let the request pass: nobody checked it. */
function failedOpen(webhook: string | undefined): Mark {
  return {
    rule: {
      id: 'kubernetes/failed-open',
      title: 'Admission webhook failed open',
      level: 'low',
      origin: 'tool',
    },
    tactics: ['defense-evasion'],
    techniques: ['T1562'],
    summary: `Not checked: admission webhook ${webhook ?? 'unnamed'} failed open`,
  };
}

function posture(engine: string, title: string, detail: string): Mark {
  return {
    rule: { id: `policy/${engine}/audit`, title, level: 'low', origin: 'posture' },
    class: 'context',
    summary: `${title}: ${detail.slice(0, 300)}`,
  };
}
