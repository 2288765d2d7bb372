import type { WriteStream } from 'node:tty';
import type { Progress, ProgressListener, ServerName } from './server.ts';

/** One line a change of phase; while fetching, a line each time another quarter has come. */
const steps_a_download = 4;

/** Tells on a stream what happens to the servers, one short line a step. */
export function printProgress(stream: Pick<WriteStream, 'write'>): ProgressListener {
  const told = new Map<ServerName, string>();
  return (progress) => {
    const line = lineOf(progress);
    const isTold = [...told.values()].includes(line);
    told.set(progress.server, line);
    if (!isTold) stream.write(`  ${line}\n`);
  };
}

function lineOf(progress: Progress): string {
  const { bytes_done, bytes_total } = progress;
  if (bytes_done === undefined || bytes_total === undefined) return progress.text;
  const step = Math.floor((bytes_done / bytes_total) * steps_a_download);
  const percent = Math.min(100, Math.round((100 * step) / steps_a_download));
  return `${progress.text}: ${percent} % of ${Math.ceil(bytes_total / 1_000_000)} MB`;
}
