import { parseAddress } from '#shared/event/address.ts';
import { parseContainerId } from '#shared/event/container.ts';
import type { PodReference } from '#shared/event/ecs-extension.ts';
import type { EcsDocument } from '#shared/event/ecs.ts';
import type { NormalisedEvent } from '#shared/event/event.ts';

/** How a thing was found. */
export type Method = 'container_id' | 'pod_uid' | 'pod_name' | 'ip' | 'image_digest';

/** What a lookup is about: the event's own container or pod, an end of its connection, its image. */
export type Role = 'subject' | 'source' | 'destination' | 'image';

/** One question to the context store: what was this, at the time of the event? */
export interface Lookup {
  readonly role: Role;
  readonly method: Method;
  readonly key: string;
  /** 0..100: how sure the answer is. */
  readonly confidence: number;
}

const confidences: Readonly<Record<Method, number>> = {
  container_id: 99,
  pod_uid: 100,
  image_digest: 100,
  pod_name: 90,
  ip: 80,
};

/** Digests of one event that are looked up; images have three, events name few images. */
const image_lookups_max = 8;

/** The questions of one event, the surest of each role first. */
export function lookupsOf(event: NormalisedEvent): readonly Lookup[] {
  const lookups: Lookup[] = [];
  const ask = (role: Role, method: Method, entity: string): void => {
    lookups.push({ role, method, key: `${event.scope}|${entity}`, confidence: confidences[method] });
  };
  const { document } = event;
  askSubject(document, ask);
  askEnd(document.breakwater?.source_pod, document.source?.ip, 'source', ask);
  askEnd(document.breakwater?.destination_pod, document.destination?.ip, 'destination', ask);
  for (const digest of document.container?.image?.hash?.all.slice(0, image_lookups_max) ?? []) {
    ask('image', 'image_digest', `image:${digest}`);
  }
  return lookups;
}

type Ask = (role: Role, method: Method, entity: string) => void;

function askSubject({ container, kubernetes }: EcsDocument, ask: Ask): void {
  const id = parseContainerId(container?.id);
  if (id !== undefined) ask('subject', 'container_id', `container:${id.id12}`);
  const pod = kubernetes?.pod;
  if (pod?.uid !== undefined) ask('subject', 'pod_uid', `pod:${pod.uid}`);
  if (pod?.name !== undefined && kubernetes?.namespace !== undefined) {
    ask('subject', 'pod_name', `pod_name:${kubernetes.namespace}/${pod.name}`);
  }
}

function askEnd(
  pod: PodReference | undefined,
  ip: string | undefined,
  role: 'source' | 'destination',
  ask: Ask,
): void {
  if (pod?.uid !== undefined) ask(role, 'pod_uid', `pod:${pod.uid}`);
  if (pod?.name !== undefined && pod.namespace !== undefined) {
    ask(role, 'pod_name', `pod_name:${pod.namespace}/${pod.name}`);
  } else if (parseAddress(ip)?.scope === 'internal') {
    ask(role, 'ip', `ip:${ip}`);
  }
}
