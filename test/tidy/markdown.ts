import { posix } from 'node:path';
import type { SourceFile } from './source-files.ts';

const link = /\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g;

/** Relative links whose file or heading does not exist. Code blocks are not looked at. */
export function brokenLinks(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const folders = new Set(files.flatMap((file) => foldersOf(file.path)));
  return files
    .filter((file) => file.path.endsWith('.md'))
    .flatMap((file) =>
      [...withoutCode(file.text).matchAll(link)].flatMap(([, target = '']) => {
        if (/^[a-z]+:/.test(target)) return [];
        const [path = '', heading] = target.split('#');
        const resolved =
          path === '' ? file.path : posix.join(posix.dirname(file.path), path).replace(/\/$/, '');
        const goal = byPath.get(resolved);
        if (goal === undefined && !folders.has(resolved)) return [`${file.path}: ${target} does not exist`];
        if (heading === undefined || goal === undefined || !goal.path.endsWith('.md')) return [];
        return headingsOf(goal.text).has(heading) ? [] : [`${file.path}: ${target} has no such heading`];
      }),
    );
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function withoutCode(text: string): string {
  return text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '');
}

/** The names that GitHub gives to headings. */
function headingsOf(text: string): Set<string> {
  const headings = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').matchAll(/^#{1,6}\s+(.+)$/gm);
  return new Set([...headings].map(([, title = '']) => slug(title)));
}

function slug(title: string): string {
  return title
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}
