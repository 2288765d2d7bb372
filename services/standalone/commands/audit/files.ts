import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BreakwaterError } from '#shared/errors/error.ts';
import { listLogs } from '#shared/ledger/evidence/ledger.ts';
import { minimumIndexOf } from '#shared/ledger/evidence/minimum-index.ts';
import { TreeReader } from '#shared/ledger/proof.ts';
import { type Checkpoint, parseCheckpointText } from '#shared/ledger/verify/checkpoint.ts';
import { splitNote } from '#shared/ledger/verify/note.ts';

/** A log on disk, as its files say; nothing is verified. */
export interface LogFiles {
  readonly directory: string;
  readonly log: string;
  readonly checkpoint: Checkpoint;
  readonly checkpointText: string;
  readonly tree: TreeReader;
  /** The first leaf that is kept; 0 unless the log is pruned. */
  readonly minimum_index: number;
}

/** Opens the folder of one log for reading. */
export function openLog(folder: string): LogFiles {
  const path = join(folder, 'checkpoint');
  if (!existsSync(path)) throw notALog(folder);
  const bytes = readFileSync(path);
  const checkpoint = parseCheckpointText(splitNote(bytes).text);
  return {
    directory: dirname(folder),
    log: basename(folder),
    checkpoint,
    checkpointText: bytes.toString(),
    tree: new TreeReader(folder, checkpoint.size),
    minimum_index: minimumIndexOf(dirname(folder), basename(folder)),
  };
}

/** The logs of a ledger folder, or the one log whose folder it is. */
export function logFolders(folder: string): string[] {
  if (existsSync(join(folder, 'checkpoint'))) return [folder];
  const logs = existsSync(folder) ? listLogs(folder) : [];
  if (logs.length === 0) throw notALog(folder);
  return logs.map((log) => join(folder, log));
}

/** A verifier key itself, or the first line of the file that holds it. */
export function keyText(keyOrFile: string): string {
  const isKey = /^[^\s+]+\+[0-9a-f]{8}\+/.test(keyOrFile);
  return (isKey ? keyOrFile : readFileSync(keyOrFile, 'utf8')).trim();
}

function notALog(folder: string): BreakwaterError {
  return new BreakwaterError('BW_LEDGER_NO_PROOF', `There is no log in ${folder}`);
}
