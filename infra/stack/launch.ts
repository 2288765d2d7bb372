import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BreakwaterError } from '#shared/errors/error.ts';
import { isRoot, serverFolder } from './folders.ts';
import { probe } from './health.ts';
import { freePorts, isFree } from './ports.ts';
import { isRunning, kill, type ProcessIdentity, spawnServer, terminate } from './processes.ts';
import type { Place, Program, ServerRecipe, Toolbox } from './recipe.ts';
import { type Lifetime, type Origin, type ProgressListener, serverTitles, type Tuning } from './server.ts';
import { readState, recordServer, type ServerState } from './state.ts';

export interface LaunchContext {
  /** The stack's folder, absolute. */
  readonly directory: string;
  readonly lifetime: Lifetime;
  readonly tuning: Tuning;
  readonly toolbox: Toolbox;
  readonly onProgress: ProgressListener;
}

export interface Launched {
  readonly address: string;
  readonly version: string;
  readonly origin: Origin;
}

const poll_ms = 100;
const log_excerpt_characters = 1_500;
/** A port that was free a moment ago may be taken by another stack that starts at the same time. */
const attempts_max = 3;
const portTaken = /Address (?:already )?in use|BindException|BindTransportException|EADDRINUSE/;

/** Starts a server of a stack, or finds it running and healthy. The caller holds the stack's lock. */
export async function launch(recipe: ServerRecipe, context: LaunchContext): Promise<Launched> {
  const previous = readState(context.directory)[recipe.name];
  if (previous !== undefined && isRunning(previous)) {
    const { address, version } = previous;
    const isHealthy = await probe(recipe.name, address).then(
      () => true,
      () => false,
    );
    if (isHealthy) return { address, version, origin: 'running' };
    await terminate(previous, recipe.stop_ms_max);
  }
  const program = await recipe.install(context.toolbox);
  context.toolbox.signal?.throwIfAborted();
  for (let attempt = 1; ; attempt++) {
    const place = await choosePlace(recipe, attempt === 1 ? previous : undefined, context);
    try {
      return await startAt(place, recipe, program, context);
    } catch (error) {
      if (attempt === attempts_max || !portTaken.test(readLog(place.log))) throw error;
    }
  }
}

/** The ports of the last time when they are free, so that clients find the server again. */
async function choosePlace(
  recipe: ServerRecipe,
  previous: ServerState | undefined,
  context: LaunchContext,
): Promise<Place> {
  const folder = serverFolder(context.directory, recipe.name, recipe.refusesRoot && isRoot());
  mkdirSync(folder, { recursive: true });
  const log = join(folder, 'server.log');
  if (existsSync(log)) renameSync(log, join(folder, 'server.previous.log'));
  const kept = previous?.ports ?? {};
  const areFree = await Promise.all(recipe.port_names.map((name) => isFree(kept[name] ?? 0)));
  if (recipe.port_names.every((name, index) => kept[name] !== undefined && areFree[index] === true)) {
    return { folder, log, tuning: context.tuning, ports: kept };
  }
  const numbers = await freePorts(recipe.port_names.length);
  const ports = Object.fromEntries(recipe.port_names.map((name, index) => [name, numbers[index] ?? 0]));
  return { folder, log, tuning: context.tuning, ports };
}

async function startAt(
  place: Place,
  recipe: ServerRecipe,
  program: Program,
  context: LaunchContext,
): Promise<Launched> {
  context.onProgress({
    server: recipe.name,
    phase: 'starting',
    text: `starting ${serverTitles[recipe.name]}`,
  });
  const address = recipe.address(place.ports);
  const process = await spawnServer(await program.prepare(place), context.lifetime);
  const { folder, log, ports } = place;
  const state = {
    ...process,
    folder,
    log,
    ports: { ...ports },
    address,
    version: program.version ?? '',
  };
  recordServer(context.directory, recipe.name, state);
  try {
    const told = await untilHealthy(recipe, address, process, place, context);
    const version = program.version ?? told ?? '';
    recordServer(context.directory, recipe.name, { ...state, version });
    return { address, version, origin: 'started' };
  } catch (error) {
    await kill(process);
    throw error;
  }
}

async function untilHealthy(
  recipe: ServerRecipe,
  address: string,
  process: ProcessIdentity,
  place: Place,
  context: LaunchContext,
): Promise<string | undefined> {
  const deadline_ms = performance.now() + recipe.ready_ms_max;
  for (;;) {
    context.toolbox.signal?.throwIfAborted();
    if (!isRunning(process)) throw startFailed(recipe, 'stopped while it started', place.log);
    try {
      return await probe(recipe.name, address);
    } catch (error) {
      if (performance.now() > deadline_ms) {
        throw startFailed(recipe, `was not healthy after ${recipe.ready_ms_max} ms`, place.log, error);
      }
    }
    await sleep(poll_ms);
  }
}

function startFailed(recipe: ServerRecipe, what: string, log: string, cause?: unknown): BreakwaterError {
  const excerpt = readLog(log).slice(-log_excerpt_characters);
  const message = `${serverTitles[recipe.name]} ${what}; its log is ${log} and ends with:\n${excerpt}`;
  return new BreakwaterError('BW_STACK_START_FAILED', message, { log }, cause);
}

function readLog(log: string): string {
  return existsSync(log) ? readFileSync(log, 'utf8') : '';
}

/** Stops a server that this stack started, if it runs; its data stays. */
export async function stopServer(recipe: ServerRecipe, server: ServerState, cache: string): Promise<void> {
  if (!isRunning(server)) return;
  if (await terminate(server, recipe.stop_ms_max)) recipe.afterStop?.(server, cache);
}
