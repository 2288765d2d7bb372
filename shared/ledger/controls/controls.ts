import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { Selection } from '../evidence/filter.ts';

/** One data file for each framework: which record types are evidence for which control. */
const frameworks = ['800-190', '800-53', 'pci-dss', 'soc2', 'iso-27001'] as const;

const frameworkSchema = z.strictObject({
  framework: z.string(),
  rule_tag: z.string().optional(),
  controls: z.record(z.string(), z.strictObject({ title: z.string(), records: z.array(z.string()).min(1) })),
});

export interface Control {
  /** `<file>/<control>`, such as `pci-dss/10.2.1.3`. */
  readonly id: string;
  readonly framework: string;
  readonly title: string;
  /** Record types; `batch.*` stands for a family. */
  readonly records: readonly string[];
  /** The tag that rules have which detect what the control is about; undefined where every detection is evidence. */
  readonly rule_tag: string | undefined;
}

/** Every control that is mapped. */
export function listControls(): Control[] {
  return frameworks.flatMap((file) => {
    const text = readFileSync(join(import.meta.dirname, `${file}.yaml`), 'utf8');
    const { framework, controls, rule_tag } = frameworkSchema.parse(parse(text));
    return Object.entries(controls).map(([id, control]) => ({
      id: `${file}/${id}`,
      framework,
      ...control,
      rule_tag: rule_tag && `${rule_tag}${id}`,
    }));
  });
}

/** The ids of rules with a tag, or with one below it. */
export type RulesByTag = (tag: string) => readonly string[];

/**
 * What is evidence for a control, or for all controls below it: `pci-dss/10.2.1` is all of 10.2.1.1 to 10.2.1.7. Any of
 * the selections.
 * @throws BW_CONFIG_INVALID for a control that is not mapped.
 */
export function controlSelections(id: string, rulesByTag: RulesByTag): Selection[] {
  const found = listControls().filter((control) => control.id === id || control.id.startsWith(`${id}.`));
  if (found.length === 0) {
    throw new BreakwaterError('BW_CONFIG_INVALID', `${id}: no such control; they look like pci-dss/10.2.1.3`);
  }
  const types = found.flatMap(({ records, rule_tag }) =>
    rule_tag === undefined ? records : records.filter((type) => type !== detection_type),
  );
  const rules = found
    .filter(({ records }) => records.includes(detection_type))
    .flatMap(({ rule_tag }) => (rule_tag === undefined ? [] : rulesByTag(rule_tag)));
  const selections: Selection[] = [];
  if (types.length > 0) selections.push({ types: [...new Set(types)].sort() });
  if (rules.length > 0) {
    selections.push({ types: [detection_type], facts: { rule: [...new Set(rules)].sort() } });
  }
  return selections;
}

const detection_type = 'detection.fired';
