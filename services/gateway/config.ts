import { z } from 'zod';
import { tokenSetting } from '#shared/auth/tokens.ts';
import { kafkaBrokers, scope } from '#shared/config/common.ts';
import type { Setting } from '#shared/config/setting.ts';

/** The scope of a sender's records comes from its token, never from the body. */
const senders = tokenSetting(
  'BREAKWATER_GATEWAY_TOKENS',
  'Senders: scope=token, separated by commas; the scope is the tenant and cluster of what they send. Required.',
);

const host: Setting<string> = {
  variable: 'BREAKWATER_GATEWAY_HOST',
  schema: z.string().default('127.0.0.1'),
  description: 'Address that the gateway listens on (default 127.0.0.1).',
};

const port: Setting<number> = {
  variable: 'BREAKWATER_GATEWAY_PORT',
  schema: z.coerce.number().int().min(0).max(65_535).default(8090),
  description: 'Port that the gateway listens on; 0 takes a free one (default 8090).',
};

/** The scope is the tenant in whose log refused logins are noted. */
export const gatewaySettings = { kafkaBrokers, scope, senders, host, port };
