import { expect, test } from 'vitest';
import { catalogue, recordType } from '../records/catalogue.ts';
import { controlTypes, listControls } from './controls.ts';

test('every control names record types that the catalogue has', () => {
  const controls = listControls();
  expect(controls.length).toBeGreaterThan(60);
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

test('a control may stand for all below it', () => {
  expect(controlTypes('pci-dss/10.2.1.3')).toEqual(['access.read', 'access.search', 'export.*']);
  expect(controlTypes('pci-dss/10.2.1')).toContain('access.denied');
  expect(() => controlTypes('pci-dss/99')).toThrow('no such control');
});
