import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { BodyReference } from '../records/leaf.ts';

/**
 * A body is encrypted under a key of its own, which is wrapped (RFC 3394) by the tenant's key. The leaf commits to it
 * by SHA-256(salt || plaintext) with the salt inside the ciphertext: once the wrapped key and the ciphertext are gone,
 * the commitment cannot be used to guess what the body said.
 */
const base64 = z.base64();
export const sealedBodySchema = z.strictObject({
  commitment: z.string(),
  wrapped_key: base64,
  iv: base64,
  /** salt || plaintext, encrypted, then the 16-byte tag of GCM. */
  data: base64,
});

export type SealedBody = z.infer<typeof sealedBodySchema>;

export interface OpenedBody {
  /** 32 bytes. */
  readonly salt: Buffer;
  readonly plaintext: Buffer;
}

const salt_bytes = 32;
const key_bytes = 32;
const iv_bytes = 12;
const tag_bytes = 16;
/** The initial value that RFC 3394 fixes. */
const wrapIv = Buffer.alloc(8, 0xa6);

export interface BodyCipher {
  seal(plaintext: Buffer): { readonly reference: BodyReference; readonly sealed: SealedBody };
  /** @throws when the body was not sealed by this cipher, or was changed. */
  open(sealed: SealedBody): OpenedBody;
}

/** The cipher of one tenant, whose key is derived from `secret` (32 bytes). */
export function createBodyCipher(secret: Buffer, tenant: string): BodyCipher {
  const tenantKey = Buffer.from(hkdfSync('sha256', secret, '', `breakwater body ${tenant}`, key_bytes));
  const keyName = hash('sha256', tenantKey).slice(0, 16);
  return {
    seal: (plaintext) => {
      const [key, salt, iv] = [randomBytes(key_bytes), randomBytes(salt_bytes), randomBytes(iv_bytes)];
      const salted = Buffer.concat([salt, plaintext]);
      const commitment = hash('sha256', salted);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(commitment));
      const data = Buffer.concat([cipher.update(salted), cipher.final(), cipher.getAuthTag()]);
      const wrap = createCipheriv('id-aes256-wrap', tenantKey, wrapIv);
      const wrapped = Buffer.concat([wrap.update(key), wrap.final()]);
      return {
        reference: { algorithm: 'A256GCM', bytes: plaintext.length, commitment, key: keyName },
        sealed: {
          commitment,
          wrapped_key: wrapped.toString('base64'),
          iv: iv.toString('base64'),
          data: data.toString('base64'),
        },
      };
    },
    open: ({ commitment, wrapped_key, iv, data }) => {
      const unwrap = createDecipheriv('id-aes256-wrap', tenantKey, wrapIv);
      const key = Buffer.concat([unwrap.update(Buffer.from(wrapped_key, 'base64')), unwrap.final()]);
      const bytes = Buffer.from(data, 'base64');
      const cipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'), {
        authTagLength: tag_bytes,
      })
        .setAAD(Buffer.from(commitment))
        .setAuthTag(bytes.subarray(-tag_bytes));
      const salted = Buffer.concat([cipher.update(bytes.subarray(0, -tag_bytes)), cipher.final()]);
      return { salt: salted.subarray(0, salt_bytes), plaintext: salted.subarray(salt_bytes) };
    },
  };
}
