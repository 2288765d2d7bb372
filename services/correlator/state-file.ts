import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { BreakwaterError } from '#shared/errors/error.ts';
import { noCorrelations } from '#shared/sigma/correlation/port.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint/encoding.ts';
import type { Checkpoint } from './checkpoint/port.ts';
import type { ScopeFold } from './core/fold.ts';
import { defaultParameters } from './core/parameters.ts';
import { loadFold } from './core/snapshot.ts';

/** Beside the results of a replay: what the correlator knew at its end. */
export const stateFile = 'correlator.state';

/** Keeps a state that questions are asked of later; one that is too large for that is not kept. */
export async function writeState(file: string, state: Checkpoint): Promise<void> {
  try {
    writeFileSync(file, await encodeCheckpoint(state));
  } catch (error) {
    if (!(error instanceof BreakwaterError) || error.code !== 'BW_CHECKPOINT_TOO_LARGE') throw error;
  }
}

/**
 * The scopes of a state, for questions only: correlation rules have no say in it.
 * @throws BW_STATE_MISSING, BW_CHECKPOINT_CORRUPT
 */
export async function readState(file: string): Promise<readonly ScopeFold[]> {
  if (!existsSync(file)) throw new BreakwaterError('BW_STATE_MISSING', `There is no ${file}`);
  const { scopes } = await decodeCheckpoint(readFileSync(file));
  return scopes.map((text) => {
    const { fold } = loadFold(text, defaultParameters, noCorrelations);
    // What is open is found when it is shown.
    fold.show();
    return fold;
  });
}
