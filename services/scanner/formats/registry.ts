import type { Format } from '#shared/event/format.ts';
import type { KnownExploited } from '../known-exploited.ts';
import { createClairFormat } from './clair.ts';
import { cosignFormat } from './cosign.ts';
import { createCycloneDxFormat } from './cyclonedx.ts';
import { createGrypeFormat } from './grype.ts';
import { createHarborScanFormat } from './harbor.ts';
import { createInTotoFormat } from './in-toto.ts';
import { kubescapeFormat } from './kubescape.ts';
import { createOpenVexFormat } from './openvex.ts';
import { createSarifFormat } from './sarif.ts';
import { createSnykFormat } from './snyk.ts';
import { spdxFormat } from './spdx.ts';
import { createSysdigFormat } from './sysdig.ts';
import { createTrivyFormat } from './trivy.ts';
import { createTrivyKubernetesFormat } from './trivy-kubernetes.ts';
import { createTrivyOperatorFormat } from './trivy-operator.ts';

/** The formats of the family, in the order in which they are tried; each recognises its own shape alone. */
export function scannerFormats(exploited: KnownExploited): readonly Format[] {
  const documents = [
    createTrivyFormat(exploited),
    createGrypeFormat(exploited),
    createCycloneDxFormat(exploited),
    spdxFormat,
    createOpenVexFormat(exploited),
    createSarifFormat(exploited),
  ];
  return [
    createTrivyOperatorFormat(exploited),
    ...documents,
    cosignFormat,
    createInTotoFormat(documents),
    createTrivyKubernetesFormat(exploited),
    createHarborScanFormat(exploited),
    createSnykFormat(exploited),
    createClairFormat(exploited),
    kubescapeFormat,
    createSysdigFormat(exploited),
  ];
}
