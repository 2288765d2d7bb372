import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { BreakwaterError } from '#shared/errors/error.ts';

/**
 * The Ed25519 private key at `path` (PKCS #8, PEM), made on first use with mode 0600. Refuses a file that others
 * than its owner can read, and keys of another kind.
 */
export function loadOrCreateKey(path: string): KeyObject {
  createIfAbsent(path);
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new BreakwaterError('BW_LEDGER_KEY_UNUSABLE', 'Others than the owner can read the key file', {
      path,
    });
  }
  const key = createPrivateKey(readFileSync(path));
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new BreakwaterError('BW_LEDGER_KEY_UNUSABLE', 'The key is not Ed25519', { path });
  }
  return key;
}

function createIfAbsent(path: string): void {
  const { privateKey } = generateKeyPairSync('ed25519');
  mkdirSync(dirname(path), { recursive: true });
  try {
    // Exclusive, so that two first starts cannot end up with different keys.
    writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
