import type { Format } from '#shared/event/format.ts';
import { admissionReview } from './admission-review.ts';
import { gatekeeper } from './gatekeeper.ts';
import { harbor } from './harbor.ts';
import { kubernetesAudit } from './k8s-audit.ts';
import { kubewarden } from './kubewarden.ts';
import { policyReport } from './policy-report.ts';
import { policyReporter } from './policy-reporter.ts';
import { registryNotification } from './registry-notification.ts';

/** Formats of the admission family, in the order in which they are tried: the most frequent first. */
export const admissionFormats: readonly Format[] = [
  kubernetesAudit,
  admissionReview,
  policyReport,
  gatekeeper,
  policyReporter,
  kubewarden,
  harbor,
  registryNotification,
];
