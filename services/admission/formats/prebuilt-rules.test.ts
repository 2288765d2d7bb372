import { expect, test } from 'vitest';
import { isJsonObject, isList, type JsonValue } from '#shared/event/json.ts';
import { ingest } from '#shared/ingest/testing/harness.ts';
import { documentFields } from '#shared/search/templates/properties.ts';
import { readFixtures } from '../../../test/corpus/fixtures.ts';
import { admissionFormats } from './registry.ts';

/** What Elastic's prebuilt rules for Kubernetes query of audit events, below `kubernetes.audit`. */
const queried = [
  'annotations.authorization_k8s_io/decision',
  'annotations.authorization_k8s_io/reason',
  'impersonatedUser.username',
  'level',
  'objectRef.name',
  'objectRef.namespace',
  'objectRef.resource',
  'objectRef.subresource',
  'requestObject.roleRef.name',
  'requestObject.rules.resources',
  'requestObject.rules.verbs',
  'requestObject.spec.containers.image',
  'requestObject.spec.containers.securityContext.allowPrivilegeEscalation',
  'requestObject.spec.containers.securityContext.capabilities.add',
  'requestObject.spec.containers.securityContext.privileged',
  'requestObject.spec.hostIPC',
  'requestObject.spec.hostNetwork',
  'requestObject.spec.hostPID',
  'requestObject.spec.serviceAccountName',
  'requestObject.spec.type',
  'requestObject.spec.volumes.hostPath.path',
  'requestURI',
  'responseStatus.code',
  'responseStatus.reason',
  'sourceIPs',
  'stage',
  'user.groups',
  'user.username',
  'userAgent',
  'verb',
].map((name) => `kubernetes.audit.${name}`);

/** And of any event of a container. */
const queriedOfAll = [
  'event.action',
  'event.category',
  'event.dataset',
  'event.kind',
  'event.outcome',
  'event.type',
  'source.ip',
  'user.name',
  'user_agent.original',
];

/** Dotted names of all values; the items of a list are at the list's own name. */
function namesOf(value: JsonValue, prefix: string, names: Set<string>): void {
  if (isList(value)) for (const item of value) namesOf(item, prefix, names);
  else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value))
      namesOf(member, prefix === '' ? key : `${prefix}.${key}`, names);
  } else names.add(prefix);
}

test('what prebuilt rules query is filled, and searchable', async () => {
  const fixtures = readFixtures().filter(({ format }) => format === 'k8s-audit');
  const { documents } = await ingest(
    { family: 'admission', formats: admissionFormats },
    ...fixtures.map(({ value }) => value),
  );
  const filled = new Set<string>();
  for (const document of documents) namesOf(document, '', filled);
  const all = [...queried, ...queriedOfAll];
  expect(all.filter((name) => !filled.has(name))).toEqual([]);
  expect(all.filter((name) => !documentFields.event.has(name))).toEqual([]);
});
