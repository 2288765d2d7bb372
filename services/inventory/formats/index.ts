import type { Format } from '#shared/event/format.ts';
import { kubernetesObject } from './kubernetes.ts';

/** Formats of the inventory family, in the order in which they are tried. */
export const inventoryFormats: readonly Format[] = [kubernetesObject];
