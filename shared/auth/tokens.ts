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

/** Who holds a token, and which roles that gives. */
export interface RoleHolder<Role extends string> extends TokenHolder {
  readonly roles: readonly Role[];
}

/**
 * A required, secret setting of `name=token` or `name:role+role=token` entries separated by commas. Who is given no role
 * has the first of `roles`.
 */
export function roleTokenSetting<Role extends string>(
  variable: string,
  description: string,
  roles: readonly [Role, ...Role[]],
): Setting<readonly RoleHolder<Role>[]> {
  const entry = z
    .string()
    .regex(/^[a-z0-9][a-z0-9._@/-]*(?::[a-z_+]+)?=.+$/, 'each entry is name=token or name:role+role=token')
    .transform((text) => {
      const [, name = '', given = roles[0], token = ''] = /^([^:=]+)(?::([^=]+))?=(.+)$/s.exec(text) ?? [];
      return { name, token, roles: given.split('+') };
    })
    .pipe(
      z.object({ name: z.string(), token: z.string().min(token_length_min), roles: z.array(z.enum(roles)) }),
    );
  const schema = z
    .string({ error: 'required: name:role=token, separated by commas' })
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(entry));
  return { variable, schema, description, secret: true };
}

/** Finds the holder of an `Authorization: Bearer` header, by the token's digest, so that timing tells nothing. */
export function createTokenLookup<Holder extends TokenHolder>(
  holders: readonly Holder[],
): (authorization: string | undefined) => Holder | undefined {
  const byDigest = new Map(holders.map((holder) => [digest(holder.token), holder]));
  return (authorization) => {
    if (authorization === undefined || !/^bearer /i.test(authorization)) return undefined;
    return byDigest.get(digest(authorization.slice('bearer '.length).trim()));
  };
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
