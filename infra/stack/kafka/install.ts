import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { downloadFile } from '../download/file.ts';
import { withLock } from '../lock.ts';
import type { Toolbox } from '../recipe.ts';
import lock from './jars.lock.json' with { type: 'json' };

type Jar = (typeof lock.jars)[number];

/** A repository answers several small files at once faster than one after the other. */
const concurrent_max = 6;

/** Brings the pinned jars of Kafka to the cache; resolves to their paths, in the order of the list. */
export async function installJars(toolbox: Toolbox): Promise<string[]> {
  const fileOf = (jar: Jar): string => join(toolbox.cache, 'maven', jar.path);
  const isMissing = (jar: Jar): boolean => !existsSync(fileOf(jar));
  if (lock.jars.some(isMissing)) {
    const onWait = (pid: number): void => toolbox.onStep(`process ${pid} is fetching the same files`);
    await withLock(join(toolbox.cache, 'kafka.lock'), { signal: toolbox.signal, onWait }, () =>
      fetchJars(lock.jars.filter(isMissing), fileOf, toolbox),
    );
  }
  return lock.jars.map(fileOf);
}

async function fetchJars(
  jars: readonly Jar[],
  fileOf: (jar: Jar) => string,
  toolbox: Toolbox,
): Promise<void> {
  if (jars.length === 0) return;
  const repository = await toolbox.repository();
  const total = jars.reduce((sum, jar) => sum + jar.size_bytes, 0);
  let done = 0;
  const onBytes = (count: number): void => toolbox.onBytes((done += count), total);
  const waiting = [...jars];
  const fetchNext = async (): Promise<void> => {
    for (let jar = waiting.shift(); jar !== undefined; jar = waiting.shift()) {
      const pinned = { size_bytes: jar.size_bytes, algorithm: 'sha512', digest: jar.sha512 } as const;
      await downloadFile(new URL(jar.path, repository), fileOf(jar), pinned, {
        signal: toolbox.signal,
        onBytes,
      });
    }
  };
  await Promise.all(Array.from({ length: concurrent_max }, fetchNext));
}
