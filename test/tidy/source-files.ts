import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const projectRoot = join(import.meta.dirname, '../..');

/** A file of the project. */
export interface SourceFile {
  /** From the project's root, with `/`. */
  readonly path: string;
  readonly text: string;
}

const binary = /\.(?:png|jpg|gif|ico|gz|zst|lz4|avro|parquet|bin|pcap|woff2?)$/;
const list_bytes_max = 64 * 1024 * 1024;

/** All text files that git tracks, or would if they were added. */
export function sourceFiles(): SourceFile[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const listed = execFileSync('git', args, { cwd: projectRoot, maxBuffer: list_bytes_max, encoding: 'utf8' });
  return listed
    .split('\0')
    .filter((path) => path !== '' && !binary.test(path) && existsSync(join(projectRoot, path)))
    .map((path) => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') }));
}

export function isTypeScript(file: SourceFile): boolean {
  return file.path.endsWith('.ts');
}

/** `path:line: what`, one for each line in which the pattern occurs. */
export function linesWith(file: SourceFile, pattern: RegExp): string[] {
  return file.text
    .split('\n')
    .flatMap((line, index) =>
      pattern.test(line) ? [`${file.path}:${index + 1}: ${line.trim().slice(0, 120)}`] : [],
    );
}
