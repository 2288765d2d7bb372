import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { Malformed } from './malformed.ts';

/** Signed notes (c2sp.org/signed-note), verifier keys and cosignatures (c2sp.org/tlog-cosignature), read strictly. */

const ed25519_type = 0x01;
const cosignature_type = 0x04;
const note_bytes_max = 1_000_000;
/** The specification asks for at least 16. */
const signatures_max = 64;

export interface VerifierKey {
  readonly name: string;
  /** 8 hex digits. */
  readonly id: string;
  readonly type: 'ed25519' | 'cosignature';
  readonly key: KeyObject;
}

/** A signature of a known key that holds. */
export interface VerifiedSignature {
  readonly key: VerifierKey;
  /** Seconds since the epoch; cosignatures alone carry it. */
  readonly time_s: bigint | undefined;
}

export interface OpenedNote {
  /** The signed text, with its final newline. */
  readonly text: string;
  readonly verified: readonly VerifiedSignature[];
  /** Names of keys that the verifier does not know. */
  readonly unknown: readonly string[];
}

/** Strict RFC 4648 base64: padded, canonical, nothing else in it. */
export function decodeBase64(text: string, what: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new Malformed(`${what} is not canonical base64`);
  return bytes;
}

/** Reads `<name>+<hex key id>+<base64(type || public key)>`. */
export function parseVerifierKey(text: string): VerifierKey {
  const [, name = '', id = '', encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(text) ?? [];
  if (name === '') throw new Malformed('a verifier key is <name>+<key id>+<base64>');
  const material = decodeBase64(encoded, 'the public key');
  const key = verifierKeyOf(name, material);
  if (key.id !== id) throw new Malformed(`the key id ${id} is not that of its key`);
  return key;
}

/** The verifier key of a name and its key material: the type's byte, then the 32 bytes of the public key. */
export function verifierKeyOf(name: string, material: Buffer): VerifierKey {
  const type = material[0];
  if (material.length !== 33 || (type !== ed25519_type && type !== cosignature_type)) {
    throw new Malformed(`key type ${type ?? 'none'} is not supported`);
  }
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: material.subarray(1).toString('base64url') };
  return {
    name,
    id: hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), material])).slice(0, 8),
    type: type === ed25519_type ? 'ed25519' : 'cosignature',
    key: createPublicKey({ key: jwk, format: 'jwk' }),
  };
}

/**
 * Reads a note and verifies every signature of a known key.
 * @throws Malformed when the form is wrong, a known key's signature does not hold, or no known key signed.
 */
export function openNote(bytes: Buffer, keys: readonly VerifierKey[]): OpenedNote {
  const { text, signatures } = splitNote(bytes);
  const verified: VerifiedSignature[] = [];
  const unknown: string[] = [];
  for (const { name, id, signature } of signatures) {
    const key = keys.find((candidate) => candidate.name === name && candidate.id === id);
    if (key === undefined) unknown.push(name);
    else if (!verified.some((earlier) => earlier.key === key))
      verified.push(verifySignature(key, text, signature));
  }
  if (verified.length === 0) throw new Malformed('no signature of a known key');
  return { text, verified, unknown };
}

interface SignatureLine {
  readonly name: string;
  readonly id: string;
  readonly signature: Buffer;
}

/** Takes a note apart without believing it. */
export function splitNote(bytes: Buffer): {
  readonly text: string;
  readonly signatures: readonly SignatureLine[];
} {
  if (bytes.length > note_bytes_max) throw new Malformed(`a note has more than ${note_bytes_max} bytes`);
  const note = bytes.toString('utf8');
  if (!Buffer.from(note, 'utf8').equals(bytes)) throw new Malformed('a note is not UTF-8');
  if (bytes.some((byte) => byte < 0x20 && byte !== 0x0a))
    throw new Malformed('a note has control characters');
  const separator = note.lastIndexOf('\n\n');
  if (separator < 0 || !note.endsWith('\n')) throw new Malformed('a note has no signatures');
  const lines = note.slice(separator + 2, -1).split('\n');
  if (lines.length > signatures_max) throw new Malformed(`a note has more than ${signatures_max} signatures`);
  return { text: note.slice(0, separator + 1), signatures: lines.map(parseSignatureLine) };
}

function parseSignatureLine(line: string): SignatureLine {
  const [, name = '', encoded = ''] = /^\u2014 ([^\s+]+) (\S+)$/u.exec(line) ?? [];
  const bytes = name === '' ? Buffer.alloc(0) : decodeBase64(encoded, 'a signature');
  if (bytes.length < 5) throw new Malformed('a signature line is malformed');
  return { name, id: bytes.toString('hex', 0, 4), signature: bytes.subarray(4) };
}

function verifySignature(key: VerifierKey, text: string, signature: Buffer): VerifiedSignature {
  const time_s =
    key.type === 'cosignature' && signature.length === 72 ? signature.readBigUInt64BE() : undefined;
  const message = time_s === undefined ? text : `cosignature/v1\ntime ${time_s}\n${text}`;
  const raw = time_s === undefined ? signature : signature.subarray(8);
  const form = key.type === 'ed25519' || time_s !== undefined;
  if (!form || raw.length !== 64 || !verify(null, Buffer.from(message), key.key, raw)) {
    throw new Malformed(`the signature of ${key.name} does not hold`);
  }
  return { key, time_s };
}
