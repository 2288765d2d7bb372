import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerCommand } from '../processes.ts';
import { type Place, portOf, type ServerRecipe } from '../recipe.ts';
import { redisSettings } from '../settings.ts';
import { installRedis } from './install.ts';

/** One Redis (or Valkey) with an append-only file. */
export const redisRecipe: ServerRecipe = {
  name: 'redis',
  port_names: ['client'],
  refusesRoot: false,
  ready_ms_max: 15_000,
  stop_ms_max: 10_000,
  address: (ports) => `redis://127.0.0.1:${portOf(ports, 'client')}`,
  async install(toolbox) {
    const executable = await installRedis(toolbox);
    return { version: undefined, prepare: (place) => Promise.resolve(prepare(place, executable)) };
  },
};

function prepare(place: Place, executable: string): ServerCommand {
  const data = join(place.folder, 'data');
  mkdirSync(data, { recursive: true });
  const settings: Record<string, string> = {
    ...redisSettings,
    bind: '127.0.0.1',
    port: String(portOf(place.ports, 'client')),
    dir: JSON.stringify(data),
    daemonize: 'no',
  };
  const file = join(place.folder, 'redis.conf');
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
  writeFileSync(file, lines.join(''));
  return {
    executable,
    args: [file],
    cwd: place.folder,
    environment: { LANG: 'C.UTF-8' },
    log: place.log,
    unprivileged: false,
  };
}
