import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BreakwaterError } from '#shared/errors/error.ts';
import { type Java, javaProgram } from '../java.ts';
import type { ServerCommand } from '../processes.ts';
import { compilerOptions, type Place, portOf, type ServerRecipe } from '../recipe.ts';
import { kafkaHeap, kafkaVersion } from '../settings.ts';
import { installJars } from './install.ts';
import { brokerProperties, loggingProperties } from './properties.ts';

const run = promisify(execFile);
/** Small heaps: the collector without threads starts sooner and is no slower. */
const jvmOptions = ['-XX:+UseSerialGC', '-Djava.awt.headless=true'];
const archiveSuffix = '.jsa';

/** Kafka in KRaft mode: one process, broker and controller. */
export const kafkaRecipe: ServerRecipe = {
  name: 'kafka',
  port_names: ['client', 'controller'],
  refusesRoot: false,
  ready_ms_max: 60_000,
  stop_ms_max: 20_000,
  address: (ports) => `127.0.0.1:${portOf(ports, 'client')}`,
  async install(toolbox) {
    const [java, jars] = await Promise.all([toolbox.java(), installJars(toolbox)]);
    return {
      version: kafkaVersion,
      prepare: (place) => prepare(place, java, jars, archiveFolder(toolbox.cache)),
    };
  },
  afterStop: (place, cache) => keepArchive(place, archiveFolder(cache)),
};

async function prepare(
  place: Place,
  java: Java,
  jars: readonly string[],
  archives: string,
): Promise<ServerCommand> {
  const data = join(place.folder, 'data');
  const properties = join(place.folder, 'server.properties');
  const logging = join(place.folder, 'log4j2.properties');
  const ports = { client: portOf(place.ports, 'client'), controller: portOf(place.ports, 'controller') };
  writeFileSync(properties, brokerProperties(ports, data));
  writeFileSync(logging, loggingProperties());
  const options = [...jvmOptions, `-Dlog4j2.configurationFile=${logging}`, '-cp', jars.join(':')];
  if (!existsSync(join(data, 'meta.properties'))) await format(java, options, properties);
  return {
    executable: javaProgram(java),
    args: [
      `-Xmx${kafkaHeap}`,
      ...compilerOptions(place.tuning),
      archiveOption(place, java, jars, archives),
      ...options,
      'kafka.Kafka',
      properties,
    ],
    cwd: place.folder,
    environment: { LANG: 'C.UTF-8' },
    log: place.log,
    unprivileged: false,
  };
}

/** Gives a new data folder its cluster id. */
async function format(java: Java, options: readonly string[], properties: string): Promise<void> {
  const clusterId = Buffer.from('breakwater-local').toString('base64url');
  const args = [...options, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties];
  await run(javaProgram(java), args).catch((cause: unknown) => {
    throw new BreakwaterError('BW_STACK_START_FAILED', `Kafka could not format ${properties}`, {}, cause);
  });
}

/**
 * Class-data sharing halves the start. The archive is written when a server without one stops, is good for exactly
 * this JVM and these jars, and is kept beside them.
 */
function archiveOption(place: Place, java: Java, jars: readonly string[], archives: string): string {
  const key = createHash('sha256')
    .update([java.build, ...jars].join('\n'))
    .digest('hex')
    .slice(0, 16);
  const name = `${key}${archiveSuffix}`;
  for (const leftover of archivesIn(place.folder)) rmSync(join(place.folder, leftover));
  const kept = join(archives, name);
  return existsSync(kept)
    ? `-XX:SharedArchiveFile=${kept}`
    : `-XX:ArchiveClassesAtExit=${join(place.folder, name)}`;
}

function keepArchive(place: Pick<Place, 'folder'>, archives: string): void {
  for (const name of archivesIn(place.folder)) {
    mkdirSync(archives, { recursive: true });
    const aside = join(archives, `${name}.${process.pid}`);
    copyFileSync(join(place.folder, name), aside);
    renameSync(aside, join(archives, name));
    rmSync(join(place.folder, name));
  }
}

function archiveFolder(cache: string): string {
  return join(cache, 'kafka');
}

function archivesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith(archiveSuffix));
}
