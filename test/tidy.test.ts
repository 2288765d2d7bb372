import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedFile, renderTypes } from '#shared/avro/generate.ts';
import { errorsPage, renderErrorsPage } from '#shared/errors/generate-docs.ts';
import { cycles, importsOf, layerProblems } from './tidy/imports.ts';
import { longMains, looseVersions, missingReadmes } from './tidy/layout.ts';
import { brokenLinks } from './tidy/markdown.ts';
import { projectRoot, sourceFiles } from './tidy/source-files.ts';
import {
  absolutePaths,
  consoleCalls,
  focusedTests,
  registryHostNames,
  unfinishedWork,
} from './tidy/text-rules.ts';

const files = sourceFiles();
const imports = importsOf(files);

describe('the source tree', () => {
  it('keeps services apart, and shared code free of them', () => expect(layerProblems(imports)).toEqual([]));
  it('has no circle of imports', () => expect(cycles(imports)).toEqual([]));
  it('has no logic in main.ts', () => expect(longMains(files)).toEqual([]));
  it('explains every service and package', () => expect(missingReadmes(files)).toEqual([]));
  it('prints only where a person reads it', () => expect(consoleCalls(files)).toEqual([]));
  it('runs all of its tests', () => expect(focusedTests(files)).toEqual([]));
  it('leaves nothing unfinished', () => expect(unfinishedWork(files)).toEqual([]));
  it('pins exact versions', () => {
    expect(looseVersions(readFileSync(join(projectRoot, 'package.json'), 'utf8'))).toEqual([]);
  });
});

describe('the texts', () => {
  it('link only to what exists', () => expect(brokenLinks(files)).toEqual([]));
  it('name no package registry', () => expect(registryHostNames(files)).toEqual([]));
  it('name no path of a single computer', () => expect(absolutePaths(files)).toEqual([]));
});

describe('generated files are current (make generate)', () => {
  it.each([
    { name: 'types of the Avro schemas', file: generatedFile, render: renderTypes },
    { name: 'page of errors', file: errorsPage, render: renderErrorsPage },
  ])('$name', ({ file, render }) => {
    const isCurrent = readFileSync(file, 'utf8') === render();
    expect(isCurrent).toBe(true);
  });
});
