import { existsSync } from 'node:fs';
import { BreakwaterError } from '#shared/errors/error.ts';

/** @throws BW_REPLAY_INPUT when a file that is to be replayed does not exist. `-` is standard input. */
export function requireFiles(files: readonly string[]): void {
  for (const file of files) {
    if (file !== '-' && !existsSync(file))
      throw new BreakwaterError('BW_REPLAY_INPUT', `${file} does not exist`);
  }
}
