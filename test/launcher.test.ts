import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const launcher = join(import.meta.dirname, '../bin/breakwater');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'breakwater launcher '));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(file: string, path: string) {
  const env = { PATH: path, HOME: folder };
  const { status, stdout, stderr } = spawnSync(file, ['--help'], { cwd: folder, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** A project of its own that holds only the launcher. */
function bareProject(): string {
  mkdirSync(join(folder, 'bin'));
  const copy = join(folder, 'bin/breakwater');
  copyFileSync(launcher, copy);
  return copy;
}

function program(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), 0o755);
}

it('runs from any folder, through links to links, with the Node of the project', () => {
  symlinkSync(launcher, join(folder, 'first'));
  symlinkSync('first', join(folder, 'second'));
  const { status, stdout } = run(join(folder, 'second'), process.env['PATH'] ?? '');
  expect(stdout).toMatch(/^Usage: breakwater/);
  expect(status).toBe(0);
});

it('says what to do when the packages are not installed', () => {
  const { status, stderr } = run(bareProject(), '/usr/bin:/bin');
  expect(stderr).toMatch(/its packages are not installed; run 'make install' in /);
  expect(status).toBe(1);
});

it('refuses a Node that cannot run it', () => {
  const copy = bareProject();
  mkdirSync(join(folder, 'node_modules'));
  program('node', '#!/bin/sh\nexit 1\n');
  const { status, stderr } = run(copy, `${folder}:/usr/bin:/bin`);
  expect(stderr).toBe(`breakwater: needs Node 24 (24.15 or later), but found ${folder}/node\n`);
  expect(status).toBe(1);
});

it('takes the Node of the system when the project has none', () => {
  const copy = bareProject();
  mkdirSync(join(folder, 'node_modules'));
  program('node', '#!/bin/sh\n[ "$1" = -e ] && exit 0\necho "$*"\n');
  const { status, stdout } = run(copy, `${folder}:/usr/bin:/bin`);
  expect(stdout).toContain(`${folder}/services/standalone/main.ts --help`);
  expect(status).toBe(0);
});
