import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { BreakwaterError } from '#shared/errors/error.ts';
import { ensureProgram, type InstallOptions } from '../packages.ts';

const run = promisify(execFile);
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>breakwater</groupId><artifactId>stack</artifactId><version>1</version></project>`;

/**
 * The Maven repository of this computer's user: `BREAKWATER_MAVEN_URL`, else what Maven itself uses after the mirrors
 * of its settings. Takes a second or two: ask only when something must be fetched.
 */
export async function mavenRepository(options: InstallOptions): Promise<URL> {
  const named = options.environment['BREAKWATER_MAVEN_URL'];
  return asFolder(named ?? (await askMaven(options)));
}

async function askMaven(options: InstallOptions): Promise<string> {
  const maven = await ensureProgram('mvn', ['maven'], options, {
    needs: 'The servers are fetched from the repository that your Maven uses, but `mvn` was not found.',
    choices: 'Install the package maven, or set BREAKWATER_MAVEN_URL to a Maven repository.',
  });
  const folder = await mkdtemp(join(tmpdir(), 'breakwater-maven-'));
  try {
    await writeFile(join(folder, 'pom.xml'), pom);
    const expression = 'project.remoteArtifactRepositories[0].url';
    const args = ['-q', '-B', 'help:evaluate', `-Dexpression=${expression}`, '-DforceStdout'];
    const { stdout } = await run(maven, args, {
      cwd: folder,
      ...(options.signal && { signal: options.signal }),
    });
    return stripVTControlCharacters(stdout).trim();
  } finally {
    await rm(folder, { recursive: true });
  }
}

function asFolder(text: string): URL {
  const url = URL.parse(text.endsWith('/') ? text : `${text}/`);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new BreakwaterError('BW_STACK_DOWNLOAD_REFUSED', `not the address of a Maven repository: "${text}"`);
}
