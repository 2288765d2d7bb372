import { parseContainerId } from '#shared/event/container.ts';
import { normaliseDigest, parseImageReference } from '#shared/event/image.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { boolean, text } from '#shared/event/read.ts';
import { rememberImages } from './container-image.ts';
import type { FalcoAlert } from './falco-alert.ts';
import type { Subject } from './subject.ts';

/**
 * Where the alert says that it happened: the 12 digits of `container.id`, or all of `container.full_id` (`host` is no
 * container), pod and image; the node when the alert watches the system.
 */
export function falcoSubject(alert: FalcoAlert, watchesSystem: boolean): Subject {
  const { fields } = alert;
  const short_id = text(fields['container.id']);
  return {
    container: parseContainerId(text(fields['container.full_id']) ?? short_id),
    container_name: short_id === 'host' ? undefined : text(fields['container.name']),
    image: imageOf(fields, short_id),
    privileged: boolean(fields['container.privileged']),
    namespace: text(fields['k8s.ns.name']) ?? text(fields['k8smeta.ns.name']),
    pod_name: text(fields['k8s.pod.name']) ?? text(fields['k8smeta.pod.name']),
    pod_uid: text(fields['k8s.pod.uid']) ?? text(fields['k8smeta.pod.uid']),
    workload: undefined,
    node: watchesSystem ? alert.hostname : undefined,
    cluster: undefined,
  };
}

function imageOf(fields: JsonObject, container_id: string | undefined): Subject['image'] {
  const repository = text(fields['container.image.repository']);
  if (repository === undefined) return parseImageReference(text(fields['container.image']));
  const tag = text(fields['container.image.tag']);
  return imageOfParts(container_id, repository, tag, text(fields['container.image.digest']));
}

const imageOfParts = rememberImages((repository, tag, written) => {
  const digest = normaliseDigest(written);
  const tagged = tag === undefined ? repository : `${repository}:${tag}`;
  const image = parseImageReference(digest === undefined ? tagged : `${tagged}@${digest}`);
  // Falco always knows the tag when there is one: no tag means unknown, not `latest`.
  return image !== undefined && tag === undefined ? { ...image, tag: undefined } : image;
});
