import { once } from 'node:events';
import { join } from 'node:path';
import { Command } from 'commander';
import { systemClock } from '#shared/clock/clock.ts';
import { loadOrCreateKey } from '#shared/ledger/key-file.ts';
import { createCosigner } from '#shared/ledger/note.ts';
import { parseVerifierKey } from '#shared/ledger/verify/note.ts';
import { serveWitness } from '#shared/ledger/witness/server.ts';
import { Witness } from '#shared/ledger/witness/witness.ts';
import { keyText } from './files.ts';

interface ServeOptions {
  readonly directory: string;
  readonly name: string;
  readonly log: readonly string[];
  readonly host: string;
  readonly port: number;
}

/** `audit witness serve`: a witness of its own key and folder, best run by somebody else on another machine. */
export function witnessCommand(): Command {
  const command = new Command('witness').description('cosign the checkpoints of logs');
  command
    .command('serve')
    .description('answer the witness protocol (c2sp.org/tlog-witness) until stopped')
    .requiredOption('-n, --name <name>', 'name of the witness, a URL without scheme')
    .requiredOption('-l, --log <vkey or file...>', 'verifier keys of the logs to watch')
    .option('-d, --directory <folder>', 'where it keeps its key and what it has signed', 'witness')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('-p, --port <number>', 'port to listen on', Number, 7380)
    .action(serve);
  return command;
}

async function serve({ directory, name, log, host, port }: ServeOptions): Promise<void> {
  const key = loadOrCreateKey(join(directory, 'witness.pem'));
  const cosigner = createCosigner(name, key, () => systemClock.now_ms() / 1000);
  const logs = log.map((each) => parseVerifierKey(keyText(each)));
  const server = await serveWitness(new Witness(directory, cosigner, logs), host, port);
  console.log(`witness ${cosigner.vkey}`);
  console.log(`listening on ${server.url}`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await server.close();
}
