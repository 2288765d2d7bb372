import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadRuleSet } from '#shared/sigma/set/load.ts';
import { catalogue, recordType } from '../records/catalogue.ts';
import { controlSelections, listControls } from './controls.ts';
import { rulesWithTag } from './rules-with-tag.ts';

test('every control names record types that the catalogue has', () => {
  const controls = listControls();
  expect(controls.length).toBeGreaterThan(65);
  const unknown = controls.flatMap(({ id, records }) =>
    records
      .filter((type) => {
        const family = type.endsWith('.*') ? type.slice(0, -1) : undefined;
        const isKnown =
          family === undefined
            ? recordType(type) !== undefined
            : Object.keys(catalogue).some((name) => name.startsWith(family));
        return !isKnown;
      })
      .map((type) => `${id}: ${type}`),
  );
  expect(unknown).toEqual([]);
});

const noRules = (): string[] => [];

test('a control may stand for all below it', () => {
  expect(controlSelections('pci-dss/10.2.1.3', noRules)).toEqual([
    { types: ['access.read', 'access.search', 'export.*'] },
  ]);
  expect(controlSelections('pci-dss/10.2.1', noRules)[0]?.types).toContain('access.denied');
  expect(() => controlSelections('pci-dss/99', noRules)).toThrow('no such control');
});

test('of detections, those by rules with the tag of the control are evidence for it', () => {
  const rulesByTag = (tag: string): string[] => (tag === 'nist.800-190.4.4.4' ? ['r2', 'r1'] : []);
  expect(controlSelections('800-190/4.4.4', rulesByTag)).toEqual([
    { types: ['decision.taken', 'incident.*'] },
    { types: ['detection.fired'], facts: { rule: ['r1', 'r2'] } },
  ]);
  expect(controlSelections('800-190/4.6', rulesByTag)).toEqual([]);
});

test('each countermeasure of SP 800-190 that rules are tagged with is there', async () => {
  const loaded = await loadRuleSet(join(import.meta.dirname, '../../../rules'));
  if (loaded.kind === 'refused') throw new Error('the rules are refused');
  const rulesByTag = rulesWithTag(loaded.set);
  for (const { tags } of [...loaded.set.rules.map(({ rule }) => rule), ...loaded.set.correlations]) {
    for (const tag of tags.filter((each) => each.startsWith('nist.800-190.'))) {
      const control = `800-190/${tag.slice('nist.800-190.'.length)}`;
      expect(controlSelections(control, rulesByTag).at(-1)?.types, control).toEqual(['detection.fired']);
    }
  }
});
