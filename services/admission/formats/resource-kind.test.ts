import { expect, it } from 'vitest';
import { isWorkloadKind, workloadKind } from './resource-kind.ts';

it.each([
  ['deployments', 'Deployment'],
  ['workflows', 'Workflow'],
  ['cronworkflows', 'CronWorkflow'],
])('%s own pods as %s', (resource, kind) => {
  expect(workloadKind(resource)).toBe(kind);
  expect(isWorkloadKind(kind)).toBe(true);
});

it('other resources own no pods', () => {
  expect(workloadKind('configmaps')).toBeUndefined();
  expect(isWorkloadKind('ConfigMap')).toBe(false);
});
