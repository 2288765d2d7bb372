import { isTypeScript, linesWith, type SourceFile } from './source-files.ts';

// The patterns are put together from pieces, so that this file does not break its own rules.
const host = (...parts: string[]): string => parts.join(String.raw`\.`);
const registryHosts = new RegExp(
  [
    host('registry', 'npmjs', 'org'),
    host('registry', 'yarnpkg', 'com'),
    host('repo1?', 'maven', '(?:apache\\.)?org'),
    host('(?:files\\.pythonhosted|pypi)', 'org'),
    host('(?:deb|security|ftp)', 'debian', 'org'),
    host('(?:archive|security)', 'ubuntu', 'com'),
    host('(?:proxy|sum)', 'golang', 'org'),
    host('(?:static|index)', 'crates', 'io'),
  ].join('|'),
);
const machinePaths = new RegExp(
  String.raw`(?:^|[\s"'\`(=:])/(?:${['wo', 'rk'].join('')}|${['fa', 'rm'].join('')})/`,
);
const personalPaths = new RegExp(String.raw`(?:^|[\s"'\`(=:])/(?:home|Users)/[a-z]+/`);
/** Also in test data: such a file may be there when a test runs. */
const scratchPaths = new RegExp(String.raw`(?<!\w)/tmp/\w`);
const focused = new RegExp(String.raw`\b(?:it|test|describe|suite)\.(?:concurrent\.)?on${'ly'}\b`);
const unfinished = new RegExp(String.raw`\b(?:TO${'DO'}|FIX${'ME'}|XX${'X'})\b`);
const consoleCall = /\bconsole\.\w+\(/;

/** Test data and rules tell of attacks; they may name other paths. */
const isData = (file: SourceFile): boolean => /(?:^|\/)(?:fixtures|rules|samples|scenario)\//.test(file.path);

export function registryHostNames(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => linesWith(file, registryHosts));
}

export function absolutePaths(files: readonly SourceFile[]): string[] {
  const own = files.filter((file) => !isData(file));
  const code = own.filter((file) => isTypeScript(file) && !file.path.endsWith('.test.ts'));
  return [
    ...files.flatMap((file) => linesWith(file, scratchPaths)),
    ...own.flatMap((file) => linesWith(file, machinePaths)),
    ...code.flatMap((file) => linesWith(file, personalPaths)),
  ];
}

export function focusedTests(files: readonly SourceFile[]): string[] {
  return files.filter(isTypeScript).flatMap((file) => linesWith(file, focused));
}

export function unfinishedWork(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => isTypeScript(file) && !isData(file))
    .flatMap((file) => linesWith(file, unfinished));
}

/** Services log through telemetry; only what talks to a person at a terminal prints. */
export function consoleCalls(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => isTypeScript(file) && /^(?:shared|services\/(?!standalone\/))/.test(file.path))
    .flatMap((file) => linesWith(file, consoleCall));
}
