import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

/** A time-stamping authority for tests: OpenSSL behind an HTTP server. */
export interface TimestampAuthority {
  readonly url: string;
  /** PEM; its own issuer. */
  readonly certificate: string;
  stop(): Promise<void>;
}

const config = `
[req]
distinguished_name = name
x509_extensions = authority
prompt = no
[name]
CN = Test time-stamping authority
[authority]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = here
[here]
serial = $ENV::TSA_FOLDER/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
`;

export async function startTimestampAuthority(folder: string): Promise<TimestampAuthority> {
  mkdirSync(folder, { recursive: true });
  const [configFile, key, certificate] = ['tsa.cnf', 'tsa.key', 'tsa.pem'].map((name) => join(folder, name));
  if (configFile === undefined || key === undefined || certificate === undefined)
    throw new TypeError('no names');
  writeFileSync(configFile, config);
  writeFileSync(join(folder, 'serial'), '01\n');
  openssl(
    folder,
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
    '-config',
    configFile,
    '-keyout',
    key,
    '-out',
    certificate,
  );
  const server = createServer((request, response) => {
    // Between two requests other programs may keep this process from noticing that a connection is stale.
    response.setHeader('connection', 'close');
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/refuse') {
        response.end('no');
        return;
      }
      writeFileSync(join(folder, 'query'), Buffer.concat(chunks));
      openssl(
        folder,
        'ts',
        '-reply',
        '-config',
        configFile,
        '-section',
        'here',
        '-queryfile',
        join(folder, 'query'),
        '-inkey',
        key,
        '-signer',
        certificate,
        '-out',
        join(folder, 'reply'),
      );
      response
        .setHeader('content-type', 'application/timestamp-reply')
        .end(readFileSync(join(folder, 'reply')));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    certificate,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function openssl(folder: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', [...args], { env: { ...process.env, TSA_FOLDER: folder } });
  if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr.toString()}`);
}
