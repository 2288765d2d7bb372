import { lchownSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRoot, unprivileged_uid } from '../folders.ts';
import { type Java, javaProgram } from '../java.ts';
import type { ServerCommand } from '../processes.ts';
import { compilerOptions, type Place, portOf, type ServerRecipe } from '../recipe.ts';
import { elasticsearchSettings, elasticsearchVersion } from '../settings.ts';
import { installElasticsearch } from './install.ts';
import { jvmOptions } from './jvm-options.ts';
import { encodeServerArgs } from './server-args.ts';

/** A single node of Elasticsearch, as its own launcher would start it. */
export const elasticsearchRecipe: ServerRecipe = {
  name: 'elasticsearch',
  port_names: ['http', 'transport'],
  refusesRoot: true,
  ready_ms_max: 120_000,
  stop_ms_max: 20_000,
  address: (ports) => `http://127.0.0.1:${portOf(ports, 'http')}`,
  async install(toolbox) {
    const [java, home] = await Promise.all([toolbox.java(), installElasticsearch(toolbox)]);
    return { version: elasticsearchVersion, prepare: (place) => Promise.resolve(prepare(place, java, home)) };
  },
};

function prepare(place: Place, java: Java, home: string): ServerCommand {
  const inside = (name: string): string => join(place.folder, name);
  for (const name of ['config', 'data', 'logs', 'snapshots', 'tmp'])
    mkdirSync(inside(name), { recursive: true });
  writeFileSync(join(inside('config'), 'log4j2.properties'), loggingProperties(place.log));
  writeFileSync(place.log, '', { flag: 'a' });
  if (isRoot()) giveAway(place.folder);
  const settings = {
    ...elasticsearchSettings,
    'node.name': 'breakwater-1',
    'network.host': '127.0.0.1',
    'http.port': String(portOf(place.ports, 'http')),
    'transport.port': String(portOf(place.ports, 'transport')),
    'path.home': home,
    'path.data': inside('data'),
    'path.logs': inside('logs'),
    'path.repo': inside('snapshots'),
  };
  return {
    executable: javaProgram(java),
    args: [...compilerOptions(place.tuning), ...jvmOptions(home, inside('tmp'), java.version)],
    cwd: place.folder,
    environment: { LANG: 'C.UTF-8', HOME: place.folder, LIBFFI_TMPDIR: inside('tmp') },
    log: place.log,
    input: encodeServerArgs({ settings, config: inside('config'), logs: inside('logs') }),
    unprivileged: isRoot(),
  };
}

/** As a daemon it closes its output, so it writes the log itself. */
function loggingProperties(log: string): string {
  return [
    'status = error',
    'appender.file.type = File',
    'appender.file.name = file',
    `appender.file.fileName = ${log}`,
    'appender.file.layout.type = PatternLayout',
    'appender.file.layout.pattern = %d{ISO8601} %-5p %c{1.} %m%n',
    'rootLogger.level = info',
    'rootLogger.appenderRef.file.ref = file',
    '',
  ].join('\n');
}

/** Makes the unprivileged user the owner of a folder and all that is in it; a link that it made is not followed. */
function giveAway(path: string): void {
  const status = lstatSync(path);
  if (status.uid !== unprivileged_uid) lchownSync(path, unprivileged_uid, unprivileged_uid);
  if (!status.isDirectory()) return;
  for (const name of readdirSync(path)) giveAway(join(path, name));
}
