import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Setting } from '#shared/config/setting.ts';

/** Who holds a token. */
export interface TokenHolder {
  readonly name: string;
  readonly token: string;
}

const token_length_min = 16;

const pair = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._@/-]*=.+$/, 'each entry is name=token')
  .transform((text) => ({ name: text.slice(0, text.indexOf('=')), token: text.slice(text.indexOf('=') + 1) }))
  .refine(
    ({ token }) => token.length >= token_length_min,
    `a token has ${token_length_min} characters or more`,
  );

/** A required, secret setting of `name=token` pairs separated by commas. */
export function tokenSetting(variable: string, description: string): Setting<readonly TokenHolder[]> {
  const schema = z
    .string({ error: 'required: name=token, separated by commas' })
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(pair));
  return { variable, schema, description, secret: true };
}

/** Finds the holder of an `Authorization: Bearer` header, by the token's digest, so that timing tells nothing. */
export function createTokenLookup(
  holders: readonly TokenHolder[],
): (authorization: string | undefined) => TokenHolder | undefined {
  const byDigest = new Map(holders.map((holder) => [digest(holder.token), holder]));
  return (authorization) => {
    if (authorization === undefined || !/^bearer /i.test(authorization)) return undefined;
    return byDigest.get(digest(authorization.slice('bearer '.length).trim()));
  };
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
