import { createPublicKey, hash, type KeyObject, sign } from 'node:crypto';

/** Signatures that `ssh-keygen -Y verify` checks (SSHSIG, as OpenSSH's PROTOCOL.sshsig defines them). */

export const ssh_namespace = 'breakwater-audit-export';
const hash_algorithm = 'sha512';
const line_chars = 70;

/** The armoured signature of `message` by an Ed25519 key. */
export function sshSignature(message: Buffer, key: KeyObject): string {
  const digest = hash(hash_algorithm, message, 'buffer');
  const signed = Buffer.concat([
    Buffer.from('SSHSIG'),
    field(ssh_namespace),
    field(''),
    field(hash_algorithm),
    field(digest),
  ]);
  const signature = Buffer.concat([field('ssh-ed25519'), field(sign(null, signed, key))]);
  const version = Buffer.of(0, 0, 0, 1);
  const blob = Buffer.concat([
    Buffer.from('SSHSIG'),
    version,
    field(publicKeyBlob(key)),
    field(ssh_namespace),
    field(''),
    field(hash_algorithm),
    field(signature),
  ]);
  const lines = blob.toString('base64').match(new RegExp(`.{1,${line_chars}}`, 'g')) ?? [];
  return `-----BEGIN SSH SIGNATURE-----\n${lines.join('\n')}\n-----END SSH SIGNATURE-----\n`;
}

/** The line for `allowed_signers` that lets `principal` sign exports with this key. */
export function allowedSigner(principal: string, key: KeyObject): string {
  return `${principal} namespaces="${ssh_namespace}" ssh-ed25519 ${publicKeyBlob(key).toString('base64')}\n`;
}

function publicKeyBlob(key: KeyObject): Buffer {
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return Buffer.concat([field('ssh-ed25519'), field(Buffer.from(x ?? '', 'base64url'))]);
}

/** A string of the SSH wire format: its length, then its bytes. */
function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
