import type { EcsFile } from './ecs.ts';

/** The last part of a path; undefined for none, and for a path that ends with its separator. */
export function baseName(path: string | undefined): string | undefined {
  const name = path?.slice(path.lastIndexOf('/') + 1);
  return name === '' ? undefined : name;
}

/** `file.path` and `file.name`. */
export function fileAt(path: string | undefined): EcsFile | undefined {
  return path === undefined ? undefined : { path, name: baseName(path) };
}
