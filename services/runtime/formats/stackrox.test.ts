import { expect, test } from 'vitest';
import { draftOf } from '#shared/ingest/testing/drafts-of.ts';
import { stackrox } from './stackrox.ts';

const digest = 'sha256:2ffc628c881e9cc3898cb8c0d92e220a158d732d57dd2b96d9202b6002928af5';
const deployment = {
  name: 'storefront',
  type: 'Deployment',
  namespace: 'shop',
  containers: [
    {
      name: 'storefront',
      image: { id: digest, name: { fullName: 'ghcr.io/acme-retail/storefront:2.14.1' } },
    },
  ],
};
const policy = {
  id: 'p-1',
  name: 'Shell in a pod',
  severity: 'HIGH_SEVERITY',
  mitreAttackVectors: [{ tactic: 'TA0002', techniques: ['T1059'] }],
};
const process = {
  containerName: 'storefront',
  podId: 'storefront-7d9-pr5ct',
  podUid: '1bf2628e-3cd1-4be6-8aa9-ae3f905cd60a',
  signal: { containerId: 'f8d0be07c61d', name: 'sh', args: '-c id', execFilePath: '/bin/sh', pid: 56_310 },
};
const running = {
  id: '5f1c',
  policy,
  deployment,
  lifecycleStage: 'RUNTIME',
  processViolation: { message: "Binary '/bin/sh' executed", processes: [process] },
  violations: [],
  time: '2026-11-02T08:40:23.5Z',
};

test('what ran: container and pod act', () => {
  const draft = draftOf(stackrox, { alert: running });
  expect(draft.actors).toEqual([
    'container:f8d0be07c61d',
    'pod:1bf2628e-3cd1-4be6-8aa9-ae3f905cd60a',
    'pod_name:shop/storefront-7d9-pr5ct',
  ]);
  expect(draft.marks?.[0]).toMatchObject({
    rule: { id: 'stackrox/shell-in-a-pod', level: 'high' },
    tactics: ['execution'],
    techniques: ['T1059'],
  });
  expect(draft.document.process?.command_line).toBe('/bin/sh -c id');
});

const deployed = {
  ...running,
  lifecycleStage: 'DEPLOY',
  processViolation: undefined,
  violations: [{ message: "Container 'storefront' has image with tag 'latest'" }],
};

test('how something is deployed is context about the workload and its image', () => {
  const draft = draftOf(stackrox, { msg: deployed });
  expect(draft.actors).toEqual([]);
  expect(draft.targets).toContain('workload:shop/Deployment/storefront');
  expect(draft.targets).toContain(`image:${digest}`);
  expect(draft.marks?.[0]?.class).toBe('context');
  expect(draft.document.event?.category).toEqual(['configuration']);
});

test.each([
  ['CRITICAL_SEVERITY', 'critical'],
  ['MEDIUM_SEVERITY', 'medium'],
  ['LOW_SEVERITY', 'low'],
  ['UNSET_SEVERITY', 'low'],
])('%s is %s', (severity, level) => {
  const draft = draftOf(stackrox, { ...running, policy: { ...policy, severity } });
  expect(draft.marks?.[0]?.rule.level).toBe(level);
});

test('a change of state is another event', () => {
  const keys = ['ACTIVE', 'RESOLVED'].map((state) => draftOf(stackrox, { ...running, state }).dedupe_key);
  expect(keys[0]).not.toBe(keys[1]);
});
