import type { Level } from '#shared/avro/types.generated.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { at, list, object, objects, text, texts } from './read.ts';

/** A weakness of a pod's specification: it is no attack, but makes one worse. */
export interface Posture {
  /** `posture/<name>`. */
  readonly id: string;
  readonly title: string;
  readonly level: Level;
}

const privileged: Posture = { id: 'posture/privileged', title: 'Privileged container', level: 'medium' };
const hostPid: Posture = {
  id: 'posture/host-pid',
  title: "Pod shares the node's process ids",
  level: 'medium',
};
const hostIpc: Posture = { id: 'posture/host-ipc', title: "Pod shares the node's IPC", level: 'low' };
const hostNetwork: Posture = {
  id: 'posture/host-network',
  title: "Pod shares the node's network",
  level: 'low',
};
const hostRoot: Posture = {
  id: 'posture/host-root',
  title: "Pod mounts the node's root file system",
  level: 'medium',
};
const hostSensitive: Posture = {
  id: 'posture/host-path-sensitive',
  title: 'Pod mounts a sensitive path of the node',
  level: 'medium',
};
const capability: Posture = {
  id: 'posture/capability',
  title: 'Container has a powerful capability',
  level: 'low',
};
const mutableTag: Posture = {
  id: 'posture/mutable-tag',
  title: 'Container runs a mutable image tag',
  level: 'informational',
};

/** Paths of a node that lead to control over it; `/var/run` is `/run`. */
const sensitivePaths = [
  '/etc',
  '/root',
  '/proc',
  '/sys',
  '/boot',
  '/dev',
  '/run/docker.sock',
  '/run/containerd',
  '/run/crio',
  '/var/lib/kubelet',
  '/var/lib/docker',
  '/var/lib/containerd',
  '/var/lib/etcd',
];

const powerfulCapabilities: ReadonlySet<string> = new Set([
  'ALL',
  'SYS_ADMIN',
  'SYS_PTRACE',
  'SYS_MODULE',
  'SYS_RAWIO',
  'DAC_READ_SEARCH',
  'BPF',
  'NET_ADMIN',
]);

/** The weaknesses of a pod specification, each once. */
export function podPosture(spec: JsonObject): readonly Posture[] {
  const found = new Set<Posture>();
  if (spec['hostPID'] === true) found.add(hostPid);
  if (spec['hostIPC'] === true) found.add(hostIpc);
  if (spec['hostNetwork'] === true) found.add(hostNetwork);
  for (const volume of objects(spec['volumes'])) {
    const path = text(at(volume, 'hostPath', 'path'));
    if (path !== undefined) addPath(path, found);
  }
  for (const container of podContainers(spec)) addContainer(container, found);
  return [...found];
}

/** All containers of a pod specification: init and ephemeral ones, too. */
function podContainers(spec: JsonObject): readonly JsonObject[] {
  const containers = objects(spec['containers']);
  const { initContainers, ephemeralContainers } = spec;
  if (initContainers === undefined && ephemeralContainers === undefined) return containers;
  return [...containers, ...objects(initContainers), ...objects(ephemeralContainers)];
}

function addPath(path: string, found: Set<Posture>): void {
  const plain = path.replace(/^\/var\/run(?=\/|$)/, '/run').replace(/(?<=.)\/+$/, '');
  if (plain === '/' || plain === '') found.add(hostRoot);
  else if (sensitivePaths.some((known) => plain === known || plain.startsWith(`${known}/`)))
    found.add(hostSensitive);
}

function addContainer(container: JsonObject, found: Set<Posture>): void {
  const security = object(container['securityContext']);
  if (security?.['privileged'] === true) found.add(privileged);
  if (list(at(security, 'capabilities', 'add')).some(isPowerful)) found.add(capability);
  const image = text(container['image']);
  if (image !== undefined && !image.includes('@') && /(?:^|\/)[^/:]*(?::latest)?$/.test(image))
    found.add(mutableTag);
}

function isPowerful(name: JsonValue): boolean {
  return typeof name === 'string' && powerfulCapabilities.has(name.replace(/^CAP_/, '').toUpperCase());
}

/** The pod specification inside an object: a pod's own, a controller's template, a CronJob's template of a template. */
export function podSpecOf(resource: JsonObject): JsonObject | undefined {
  if (text(resource['kind']) === 'Pod') return object(resource['spec']);
  return (
    object(at(resource, 'spec', 'template', 'spec')) ??
    object(at(resource, 'spec', 'jobTemplate', 'spec', 'template', 'spec'))
  );
}

/** Whether any container of a specification is privileged. */
export function isPrivileged(spec: JsonObject): boolean {
  return podContainers(spec).some((container) => at(container, 'securityContext', 'privileged') === true);
}

/** Service account that pods of a specification run as. */
export function serviceAccountOf(spec: JsonObject): string | undefined {
  return text(spec['serviceAccountName']) ?? text(spec['serviceAccount']);
}

/** Names of images of a specification, as written. */
export function imagesOf(spec: JsonObject): readonly string[] {
  return podContainers(spec).flatMap((container) => texts(container['image']) ?? []);
}
