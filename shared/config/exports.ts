import { z } from 'zod';
import type { Setting } from './setting.ts';

/** What the API, which asks for exports, and the worker, which writes them, must agree on. */

export const bodyKeyFile: Setting<string | undefined> = {
  variable: 'BREAKWATER_BODY_KEY_FILE',
  schema: z.string().optional(),
  description:
    'Secret that encrypts the bodies of audit records; made on first start (default <data>/keys/bodies.key).',
};

export const timestampUrl: Setting<string | undefined> = {
  variable: 'BREAKWATER_TIMESTAMP_URL',
  schema: z.url({ protocol: /^https?$/ }).optional(),
  description:
    'Time-stamping authority (RFC 3161) that stamps the anchor log each minute, and each export; none by default.',
};

const exportKeyFile: Setting<string | undefined> = {
  variable: 'BREAKWATER_EXPORT_KEY_FILE',
  schema: z.string().optional(),
  description: 'Ed25519 key that signs exports; made on first use (default <data>/keys/export.pem).',
};

const exportName: Setting<string> = {
  variable: 'BREAKWATER_EXPORT_NAME',
  schema: z
    .string()
    .regex(
      /^[A-Za-z0-9.-]+(?:\/[A-Za-z0-9._~-]+)*$/,
      'a URL without scheme, such as audit.example.com/export',
    )
    .default('breakwater.local/export'),
  description:
    'Name of the key that signs exports, a URL without scheme that is yours (default breakwater.local/export).',
};

const approvalRecords: Setting<number> = {
  variable: 'BREAKWATER_EXPORT_APPROVAL_RECORDS',
  schema: z.coerce.number().int().min(0).default(100_000),
  description: 'Exports of more records need the approval of a second person (default 100000).',
};

const approvalBodies: Setting<boolean> = {
  variable: 'BREAKWATER_EXPORT_APPROVAL_BODIES',
  schema: z.stringbool().default(true),
  description: 'Whether exports with bodies need the approval of a second person (default true).',
};

export const exportSettings = {
  bodyKeyFile,
  timestampUrl,
  exportKeyFile,
  exportName,
  approvalRecords,
  approvalBodies,
};
