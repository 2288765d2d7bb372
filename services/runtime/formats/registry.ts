import type { Format } from '#shared/event/format.ts';
import { falco } from './falco.ts';
import { kubearmor } from './kubearmor.ts';
import { osquery } from './osquery.ts';
import { stackrox } from './stackrox.ts';
import { tetragon } from './tetragon.ts';
import { tracee } from './tracee.ts';

/** The runtime tools that are understood, the most talkative first: each record is offered to them in this order. */
export const runtimeFormats: readonly Format[] = [tetragon, falco, tracee, kubearmor, osquery, stackrox];
