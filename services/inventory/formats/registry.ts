import type { Format } from '#shared/event/format.ts';
import { authentik } from './authentik.ts';
import { keycloak } from './keycloak.ts';
import { kubernetesObject } from './kubernetes.ts';
import { scim } from './scim.ts';
import { spire } from './spire.ts';

/** Formats of the inventory family, in the order in which they are tried. */
export const inventoryFormats: readonly Format[] = [kubernetesObject, scim, keycloak, authentik, spire];
