import { entity, type Entity } from '#shared/event/entity.ts';
import { podNameEntity } from '#shared/event/kubernetes.ts';

/** Words of a command line that are looked at. */
const words_max = 64;
const dnsName = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/** What enters a pod, in the words of clients of the API server and of kubelets. */
const verbs: ReadonlySet<string> = new Set(['exec', 'run', 'attach', 'debug', 'cp']);
/** Clients that name the pod behind the verb. */
const client = /(?:^|\/)(?:kubectl|oc)$/;

/** Where a kubelet keeps the volumes of a pod, with its uid; those of static pods have no dashes. */
const folder = /\/var\/lib\/kubelet\/pods\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})\//;

/**
 * The pod that a command line enters, over its folder on the node or through the API: `cat /var/lib/kubelet/pods/…/token`,
 * `kubectl exec -n shop cart-0 -- sh`, `kubeletctl run "id" -n shop -p cart-0`. Undefined unless it names pod and
 * namespace: the rest is in the client's settings, which nobody sees.
 */
export function namedPod(command_line: string | undefined): Entity | undefined {
  if (command_line === undefined) return undefined;
  const [, uid] = folder.exec(command_line) ?? [];
  if (uid !== undefined) return entity('pod', uid);
  if (!/ (?:-n|--namespace)[ =]/.test(command_line)) return undefined;
  const all = command_line.split(/[\s=]+/, words_max);
  const isClient = client.test(all[0] ?? '');
  // What follows is said to the pod.
  const end = isClient ? all.indexOf('--') : -1;
  const words = end === -1 ? all : all.slice(0, end);
  const namespace = valueOf(words, '-n', '--namespace');
  const verb = words.findIndex((word) => verbs.has(word));
  if (namespace === undefined || verb === -1) return undefined;
  const pod = isClient ? firstArgument(words.slice(verb + 1)) : valueOf(words, '-p', '--pod');
  if (pod === undefined || !dnsName.test(pod) || !dnsName.test(namespace)) return undefined;
  return podNameEntity(namespace, pod);
}

/** The last that is given: what runs in the pod has options of its own, and comes first. */
function valueOf(words: readonly string[], short: string, long: string): string | undefined {
  const at = words.findLastIndex((word) => word === short || word === long);
  return at === -1 ? undefined : words[at + 1];
}

/** Options of kubectl that stand alone. */
const flags = /^-(?:[itq]+|-(?:stdin|tty|quiet)|-)$/;

/** The first word that is neither an option nor its value; of a path in a pod, the pod. */
function firstArgument(words: readonly string[]): string | undefined {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (flags.test(word)) continue;
    if (!word.startsWith('-')) return word.replace(/^pods?\//, '').replace(/:.*$/, '');
    at += 1;
  }
  return undefined;
}
