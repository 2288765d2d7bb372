import { createPrivateKey } from 'node:crypto';
import { writeBundle } from '#shared/ledger/export/bundle-writer.ts';
import { ExportRequests } from '#shared/ledger/export/requests.ts';

/** `node export-child.ts <ledger> <id> <output> <key, PEM> <secret, hex> <save leaves> <die at save>` writes a bundle. */
const [directory = '', id = '', output = '', pem = '', secret = '', save_leaves = '', die_at = ''] =
  process.argv.slice(2);
let saves = 0;
await writeBundle(new ExportRequests(directory).get(id), output, {
  directory,
  exportKey: createPrivateKey(pem),
  export_name: 'ledger.example/export',
  bodySecret: Buffer.from(secret, 'hex'),
  software_version: '0.0.0',
  earlier: new Map(),
  now_ms: 1_000,
  save_leaves: Number(save_leaves),
  onSaved: () => {
    saves += 1;
    if (saves === Number(die_at)) process.kill(process.pid, 'SIGKILL');
  },
});
