import { entity, type Entity } from '#shared/event/entity.ts';
import { userName } from '#shared/event/kubernetes.ts';

/** A person as access services name them; undefined for their own clients and daemons, whose names hold blanks. */
export function personEntity(name: string | undefined): Entity | undefined {
  return name === undefined || name.includes(' ') ? undefined : entity('user', userName(name));
}

/** `user.name`, and `user.email` where the name is one. */
export function userFields(
  name: string | undefined,
  id?: string,
): { name?: string | undefined; email?: string | undefined; id?: string | undefined } | undefined {
  if (name === undefined && id === undefined) return undefined;
  return { name, email: name?.includes('@') === true ? name : undefined, id };
}
