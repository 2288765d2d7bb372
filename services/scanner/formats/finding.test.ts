import { expect, test } from 'vitest';
import { draftsOf } from '#shared/ingest/testing/drafts-of.ts';
import { loadKnownExploited } from '../known-exploited.ts';
import { createTrivyFormat } from './trivy.ts';

const trivy = createTrivyFormat(loadKnownExploited(undefined));

test.each([
  [7.5, 7.5],
  [0, 0],
  [10, 10],
  [1e308, undefined],
  [-1, undefined],
])('a CVSS score of %d is %d', (V3Score, base) => {
  const found = { VulnerabilityID: 'CVE-2020-15999', Severity: 'HIGH', CVSS: { nvd: { V3Score } } };
  const [, finding] = draftsOf(trivy, {
    SchemaVersion: 2,
    ArtifactName: 'a',
    Results: [{ Target: 'a', Vulnerabilities: [found] }],
  });
  expect(finding?.document.vulnerability?.score?.base).toBe(base);
});
