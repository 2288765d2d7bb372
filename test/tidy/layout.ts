import { z } from 'zod';
import type { SourceFile } from './source-files.ts';

/** A `main.ts` reads settings and starts a pipeline; more than this is logic. */
const main_lines_max = 80;

export function longMains(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => /^services\/[^/]+\/main\.ts$/.test(file.path))
    .map((file) => ({ path: file.path, lines: file.text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > main_lines_max)
    .map(({ path, lines }) => `${path} has ${lines} lines, at most ${main_lines_max}`);
}

/** Services and packages explain themselves. */
export function missingReadmes(files: readonly SourceFile[]): string[] {
  const paths = new Set(files.map((file) => file.path));
  const packages = files.flatMap((file) => /^(?:services|shared)\/[^/]+(?=\/)/.exec(file.path)?.[0] ?? []);
  const folders = new Set([...packages, 'infra', 'infra/stack']);
  return [...folders]
    .filter((folder) => !paths.has(`${folder}/README.md`))
    .map((folder) => `${folder}/README.md`);
}

const versions = z.record(z.string(), z.string()).default({});
const manifest = z.object({
  dependencies: versions,
  devDependencies: versions,
  optionalDependencies: versions,
  overrides: versions,
});

/** A range would let two installations differ. */
export function looseVersions(packageJson: string): string[] {
  const groups = Object.values(manifest.parse(JSON.parse(packageJson)));
  return groups
    .flatMap((group) => Object.entries(group))
    .filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
    .map(([name, version]) => `${name}: ${version}`);
}
