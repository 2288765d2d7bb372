import { posix } from 'node:path';
import { isTypeScript, type SourceFile } from './source-files.ts';

/** An import of one file of the project by another. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** Only for the compiler: gone when the program runs. */
  readonly isTypeOnly: boolean;
}

const specifier =
  /(?:^|[\s;])(?:import|export)\s(type\s)?[^'";]*?from\s+'([^']+)'|(?:^|[\s;(])import\s*\(?\s*'([^']+)'/gm;

/** Imports between files of the project; those of packages are left out. */
export function importsOf(files: readonly SourceFile[]): Import[] {
  return files.filter(isTypeScript).flatMap((file) =>
    [...file.text.matchAll(specifier)].flatMap(([, type, named, bare]) => {
      const to = resolveImport(file.path, named ?? bare ?? '');
      return to === undefined ? [] : [{ from: file.path, to, isTypeOnly: type !== undefined }];
    }),
  );
}

function resolveImport(from: string, target: string): string | undefined {
  if (target.startsWith('#shared/')) return target.slice(1);
  if (target.startsWith('.')) return posix.join(posix.dirname(from), target);
  return undefined;
}

/** Services know of no other service; only `standalone` puts them together. Shared code knows of none. */
export function layerProblems(imports: readonly Import[]): string[] {
  return imports
    .filter(({ from, to }) => {
      const importer = serviceOf(from);
      const imported = serviceOf(to);
      if (imported === undefined || importer === 'standalone') return false;
      return importer === undefined ? from.startsWith('shared/') : importer !== imported;
    })
    .map(({ from, to }) => `${from} imports ${to}`);
}

function serviceOf(path: string): string | undefined {
  return /^services\/([^/]+)\//.exec(path)?.[1];
}

/** Circles of imports that exist at run time, each named once by the files on it. */
export function cycles(imports: readonly Import[]): string[] {
  const running = imports.filter((one) => !one.isTypeOnly);
  const targets = Map.groupBy(running, (one) => one.from);
  const found: string[] = [];
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      found.push([...trail.slice(at), path].join(' -> '));
      return;
    }
    if (finished.has(path)) return;
    for (const { to } of targets.get(path) ?? []) visit(to, [...trail, path]);
    finished.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  return found;
}
