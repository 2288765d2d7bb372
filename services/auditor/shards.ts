import { KeyObject } from 'node:crypto';
import { logName, parseLogName } from '#shared/ledger/log-name.ts';
import type { NoteSigner } from '#shared/ledger/note.ts';
import { createLogSigner, fixedKey, type KeySource } from '#shared/ledger/rotation/signing-keys.ts';
import { type Bound, listBoundLogs, readBound } from '#shared/ledger/writer/bound.ts';
import { LogWriter } from '#shared/ledger/writer/log-writer.ts';
import type { TenantLogOptions } from './tenant-log-options.ts';

/** Opens the log of one quarter. @throws as `LogWriter.open` */
export function openWriter(options: TenantLogOptions, shard: string): Promise<LogWriter> {
  const log = logName(options.prefix, shard);
  return LogWriter.open({ directory: options.directory, log, signer: signerOf(options, shard) });
}

export function signerOf(options: TenantLogOptions, shard: string): NoteSigner {
  const origin = `${options.origin}/${logName(options.prefix, shard)}`;
  return createLogSigner(origin, keySourceOf(options), () => options.clock.now_ms());
}

export function keySourceOf({ signingKey }: Pick<TenantLogOptions, 'signingKey'>): KeySource {
  return signingKey instanceof KeyObject ? fixedKey(signingKey) : signingKey;
}

/** The newest log of this prefix before `shard`. */
export function findPrevious(
  directory: string,
  prefix: string,
  shard: string,
): { readonly log: string; readonly bound: Bound } | undefined {
  const shards = listBoundLogs(directory)
    .map(parseLogName)
    .flatMap((parsed) => (parsed?.prefix === prefix && parsed.shard < shard ? [parsed.shard] : []))
    .sort();
  const newest = shards.at(-1);
  if (newest === undefined) return undefined;
  const log = logName(prefix, newest);
  const bound = readBound(directory, log);
  return bound === undefined ? undefined : { log, bound };
}
