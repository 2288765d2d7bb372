import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { findProgram, type InstallOptions, installFirst, type Missing, toolMissing } from './packages.ts';

/** A Java installation. */
export interface Java {
  readonly home: string;
  readonly version: number;
  /** Changes with every build of it, also when that is installed in the same place. */
  readonly build: string;
  /** A JDK with all its modules; a JRE is not. */
  readonly isFull: boolean;
}

/** What Elasticsearch 9 needs: it links against modules that only a JDK has. */
const jdk_version_min = 21;
/** The newest that this Elasticsearch was tested with; newer ones are taken only when there is nothing else. */
const version_preferred_max = 25;
const packages = ['openjdk-25-jdk-headless', 'openjdk-21-jdk-headless', 'temurin-25-jdk', 'temurin-21-jdk'];
const missing: Missing = {
  needs: `Kafka and Elasticsearch need a JDK of version ${jdk_version_min} or later (a JRE is not enough), and none was found.`,
  choices:
    'Install one (package openjdk-21-jdk-headless, or Eclipse Temurin) and set JAVA_HOME if it is in an unusual place; ' +
    'or set KAFKA_BROKERS and ELASTICSEARCH_URL to servers that you run, for example those of infra/compose.yaml.',
};

/** A full JDK, installed from the system's packages when there is none. Throws `BW_STACK_TOOL_MISSING`. */
export async function ensureJdk(options: InstallOptions): Promise<Java> {
  const found = findJdk(options.environment);
  if (found !== undefined) return found;
  await installFirst(packages, options, missing);
  const installed = findJdk(options.environment);
  if (installed === undefined) throw toolMissing(missing);
  return installed;
}

export function javaProgram(java: Java): string {
  return join(java.home, 'bin', 'java');
}

/** The JDK that the user names; else the newest tested one. */
function findJdk(environment: NodeJS.ProcessEnv): Java | undefined {
  const isUsable = (java: Java): boolean => java.isFull && java.version >= jdk_version_min;
  const named = inspectAll([environment['ES_JAVA_HOME'], environment['JAVA_HOME']]).find(isUsable);
  return named ?? inspectAll(usualHomes(environment)).filter(isUsable).toSorted(byPreference)[0];
}

function byPreference(left: Java, right: Java): number {
  const excess = (java: Java): number => Math.max(0, java.version - version_preferred_max);
  return excess(left) - excess(right) || right.version - left.version || left.home.localeCompare(right.home);
}

function usualHomes(environment: NodeJS.ProcessEnv): string[] {
  const linux = '/usr/lib/jvm';
  const mac = '/Library/Java/JavaVirtualMachines';
  const sdkman = join(homedir(), '.sdkman/candidates/java');
  const onPath = findProgram('java', environment);
  return [
    ...subfolders(linux),
    ...subfolders(mac).map((folder) => join(folder, 'Contents/Home')),
    ...subfolders(sdkman),
    ...(onPath === undefined ? [] : [dirname(dirname(realpathSync(onPath)))]),
  ];
}

function subfolders(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

function inspectAll(homes: readonly (string | undefined)[]): Java[] {
  return homes.flatMap((home) => (home === undefined ? [] : (inspect(home) ?? [])));
}

/** Every Java since 9 describes itself in a file `release`. */
function inspect(home: string): Java | undefined {
  const file = join(home, 'release');
  if (!existsSync(file) || !existsSync(join(home, 'bin', 'java'))) return undefined;
  const build = readFileSync(file, 'utf8');
  const [, version] = /^JAVA_VERSION="(\d+)/m.exec(build) ?? [];
  return { home, version: Number(version ?? 0), build, isFull: existsSync(join(home, 'bin', 'jlink')) };
}
