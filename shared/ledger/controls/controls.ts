import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { BreakwaterError } from '#shared/errors/error.ts';

/** One data file for each framework: which record types are evidence for which control. */
const frameworks = ['800-190', '800-53', 'pci-dss', 'soc2', 'iso-27001'] as const;

const frameworkSchema = z.strictObject({
  framework: z.string(),
  controls: z.record(z.string(), z.strictObject({ title: z.string(), records: z.array(z.string()).min(1) })),
});

export interface Control {
  /** `<file>/<control>`, such as `pci-dss/10.2.1.3`. */
  readonly id: string;
  readonly framework: string;
  readonly title: string;
  /** Record types; `batch.*` stands for a family. */
  readonly records: readonly string[];
}

/** Every control that is mapped. */
export function listControls(): Control[] {
  return frameworks.flatMap((file) => {
    const text = readFileSync(join(import.meta.dirname, `${file}.yaml`), 'utf8');
    const { framework, controls } = frameworkSchema.parse(parse(text));
    return Object.entries(controls).map(([id, control]) => ({ id: `${file}/${id}`, framework, ...control }));
  });
}

/**
 * The record types that are evidence for a control, or for all controls below it: `pci-dss/10.2.1` is all of 10.2.1.1
 * to 10.2.1.7.
 * @throws BW_CONFIG_INVALID for a control that is not mapped.
 */
export function controlTypes(id: string): string[] {
  const found = listControls().filter((control) => control.id === id || control.id.startsWith(`${id}.`));
  if (found.length > 0) return [...new Set(found.flatMap(({ records }) => records))];
  throw new BreakwaterError('BW_CONFIG_INVALID', `${id}: no such control; they look like pci-dss/10.2.1.3`);
}
