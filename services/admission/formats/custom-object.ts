import { registeredDomain } from '#shared/event/domain.ts';
import { entity, type Entity } from '#shared/event/entity.ts';
import type { JsonObject, JsonValue } from '#shared/event/json.ts';
import type { Principal } from '#shared/event/kubernetes.ts';
import { object, objects, text } from '#shared/event/read.ts';
import type { ObjectReference } from './audit-event.ts';

/** Custom resources are how people and programs tell operators what to do; operators mark what they make with them. */

/** An object's marks are few; of more than these the rest say nothing new. */
const marks_max = 16;

/**
 * The object that a request is about, under the domain of its operator and, where it lies in a namespace, under that;
 * nothing for what belongs to Kubernetes itself, and for its status.
 */
export function customObjects({ group, namespace, name, subresource }: ObjectReference): readonly Entity[] {
  const custom = subresource === undefined ? objectEntity(group, name) : undefined;
  if (custom === undefined) return [];
  return namespace === undefined ? [custom] : [custom, entity('object', `${namespace}/${name}`)];
}

/**
 * The custom resource for which an operator writes something, by its name: operators look after resources in their own
 * namespace, and call what they make by the name of the resource. Undefined for custom resources themselves.
 */
export function objectOfSameName(
  { namespace }: Principal,
  { group, name, subresource }: ObjectReference,
): Entity | undefined {
  if (namespace === undefined || name === undefined || subresource !== undefined) return undefined;
  const isBuiltIn = objectName.test(name) && objectEntity(group, name) === undefined;
  return isBuiltIn ? entity('object', `${namespace}/${name}`) : undefined;
}

/**
 * The objects for which an operator made something: those that its labels (`velero.io/restore-name`), annotations
 * (`argocd.argoproj.io/tracking-id`) and owners name, under the domain of the operator. Most labels name no object;
 * nobody ever writes those.
 */
export function objectsBehind(made: JsonObject | undefined): readonly Entity[] {
  const metadata = object(made?.['metadata']);
  if (metadata === undefined) return [];
  const found = new Set<Entity>();
  for (const marks of [object(metadata['labels']), object(metadata['annotations'])]) {
    for (const key of Object.keys(marks ?? {}).slice(0, marks_max)) {
      const slash = key.indexOf('/');
      const named = slash === -1 ? undefined : objectEntity(key.slice(0, slash), nameIn(marks?.[key]));
      if (named !== undefined) found.add(named);
    }
  }
  for (const owner of objects(metadata['ownerReferences']).slice(0, marks_max)) {
    const group = text(owner['apiVersion'])?.split('/')[0];
    const named = objectEntity(group, text(owner['name']));
    if (named !== undefined) found.add(named);
  }
  return [...found];
}

/** A tracking annotation goes on after the name: `guestbook:apps/Deployment:default/ui`. */
function nameIn(mark: JsonValue | undefined): string | undefined {
  return text(mark)?.split(':', 1)[0];
}

/** No longer than the value of a label. */
const objectName = /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/;

/** Domains of one operator differ in front: `workflows.argoproj.io` marks objects of `argoproj.io`. */
function objectEntity(group: string | undefined, name: string | undefined): Entity | undefined {
  if (name === undefined || !objectName.test(name)) return undefined;
  const domain = registeredDomain(group);
  if (domain === undefined || domain === 'k8s.io' || domain === 'kubernetes.io') return undefined;
  return entity('object', `${domain}/${name}`);
}
