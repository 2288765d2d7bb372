import type { Format } from '#shared/event/format.ts';
import { gkeAudit } from './gke-audit.ts';
import { kubernetesAudit } from './k8s-audit.ts';

/** Formats of the admission family, in the order in which they are tried: the most frequent first. */
export const admissionFormats: readonly Format[] = [kubernetesAudit, gkeAudit];
