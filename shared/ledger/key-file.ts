import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { BreakwaterError } from '#shared/errors/error.ts';

const secret_bytes = 32;

/**
 * The Ed25519 private key at `path` (PKCS #8, PEM), made on first use with mode 0600.
 * @throws BW_LEDGER_KEY_UNUSABLE when others can read the file or it holds another kind of key.
 */
export function loadOrCreateKey(path: string): KeyObject {
  createIfAbsent(path, () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  const key = createPrivateKey(readPrivate(path));
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new BreakwaterError('BW_LEDGER_KEY_UNUSABLE', 'The key is not Ed25519', { path });
}

/**
 * The 32 random bytes at `path` (hex), made on first use with mode 0600.
 * @throws BW_LEDGER_KEY_UNUSABLE when others can read the file or it holds something else.
 */
export function loadOrCreateSecret(path: string): Buffer {
  createIfAbsent(path, () => `${randomBytes(secret_bytes).toString('hex')}\n`);
  const secret = Buffer.from(readPrivate(path).trim(), 'hex');
  if (secret.length === secret_bytes) return secret;
  throw new BreakwaterError('BW_LEDGER_KEY_UNUSABLE', 'The file does not hold 64 hex digits', { path });
}

/** @throws BW_LEDGER_KEY_UNUSABLE when others than the owner can read the file. */
export function requirePrivate(path: string): void {
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new BreakwaterError('BW_LEDGER_KEY_UNUSABLE', 'Others than the owner can read the key file', {
      path,
    });
  }
}

function readPrivate(path: string): string {
  requirePrivate(path);
  return readFileSync(path, 'utf8');
}

function createIfAbsent(path: string, create: () => string): void {
  mkdirSync(dirname(path), { recursive: true });
  try {
    // Exclusive, so that two first starts cannot end up with different keys.
    writeFileSync(path, create(), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
