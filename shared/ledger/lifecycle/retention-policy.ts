import { hash } from 'node:crypto';
import { parse } from 'yaml';
import { z } from 'zod';
import { BreakwaterError } from '#shared/errors/error.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';

/** Classes of records that are kept for a time of their own, by record type. The first that fits counts. */
export const recordClasses: Readonly<Record<string, readonly string[]>> = {
  access: ['access.', 'login.', 'pseudonym.'],
  detection: ['detection.', 'incident.', 'decision.'],
  change: ['config.', 'rule.', 'policy.', 'baseline.', 'catalogue.', 'key.'],
  evidence: ['export.', 'hold.', 'erasure.', 'retention.'],
  pipeline: ['batch.', 'source.', 'service.', 'copy.', 'ledger.', 'audit.', 'shard.', 'anchor.'],
};
const other_class = 'other';

export function classOf(type: string): string {
  const found = Object.entries(recordClasses).find(([, prefixes]) =>
    prefixes.some((prefix) => type.startsWith(prefix)),
  );
  return found?.[0] ?? other_class;
}

const days = z.number().int().min(1).max(36_525);
/** How long, in days: bodies are erased after it; leaves are pruned once all before them may go too. */
const keepSchema = z.strictObject({ bodies_days: days, leaves_days: days });
export type Keep = z.infer<typeof keepSchema>;

/** What standards ask for, as starting points. */
export const presets: Readonly<Record<string, Keep>> = {
  /** 13 months. */
  standard: { bodies_days: 396, leaves_days: 396 },
  /** PCI DSS 10.5.1: 12 months. */
  'pci-dss': { bodies_days: 366, leaves_days: 366 },
  /** 45 CFR 164.316(b)(2): 6 years. */
  hipaa: { bodies_days: 2_192, leaves_days: 2_192 },
  /** OMB M-26-14: 12 months retrievable. */
  'm-26-14': { bodies_days: 366, leaves_days: 366 },
  /** DORA: 5 years. */
  dora: { bodies_days: 1_827, leaves_days: 1_827 },
};

const presetName = z.enum(['standard', 'pci-dss', 'hipaa', 'm-26-14', 'dora']);
const className = z.enum(['access', 'detection', 'change', 'evidence', 'pipeline', 'other']);
const tableSchema = z.strictObject({
  preset: presetName.default('standard'),
  /** Classes that differ from the preset. */
  classes: z.partialRecord(className, keepSchema.partial()).default({}),
});
const policySchema = z.strictObject({
  default: tableSchema.default({ preset: 'standard', classes: {} }),
  tenants: z.record(z.string(), tableSchema).default({}),
  /** Pruned files are put aside this long before they are removed. */
  pruned_grace_days: z.number().int().min(0).max(3_650).default(30),
});

export interface RetentionPolicy {
  /** SHA-256 of the policy in canonical JSON, hex. */
  readonly sha256: string;
  /** The policy in canonical JSON. */
  readonly text: string;
  readonly pruned_grace_days: number;
  keep(tenant: string, recordClass: string): Keep;
  /** The shortest time that anything of a tenant is kept, in days. */
  shortest_days(tenant: string): number;
}

/**
 * Reads a retention policy (YAML or JSON text); an empty text is the default policy.
 * @throws BW_CONFIG_INVALID saying where it is wrong.
 */
export function parseRetentionPolicy(text: string): RetentionPolicy {
  const { success, data, error } = policySchema.safeParse(parse(text) ?? {});
  if (!success) {
    throw new BreakwaterError('BW_CONFIG_INVALID', `The retention policy: ${z.prettifyError(error)}`);
  }
  const keep = (tenant: string, recordClass: string): Keep => {
    const table = Object.hasOwn(data.tenants, tenant) ? data.tenants[tenant] : undefined;
    const { preset, classes } = table ?? data.default;
    const { success: isKnown, data: name } = className.safeParse(recordClass);
    const base = presets[preset] ?? { bodies_days: 396, leaves_days: 396 };
    const own = isKnown ? classes[name] : undefined;
    const bodies_days = own?.bodies_days ?? base.bodies_days;
    // A body without its leaf would be evidence of nothing.
    return { bodies_days, leaves_days: Math.max(bodies_days, own?.leaves_days ?? base.leaves_days) };
  };
  const canonical = canonicalJson(data);
  return {
    sha256: hash('sha256', canonical),
    text: canonical,
    pruned_grace_days: data.pruned_grace_days,
    keep,
    shortest_days: (tenant) =>
      Math.min(
        ...className.options.flatMap((name) => {
          const { bodies_days, leaves_days } = keep(tenant, name);
          return [bodies_days, leaves_days];
        }),
      ),
  };
}
