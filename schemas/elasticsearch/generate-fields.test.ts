import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { eventStream, incidentChangeStream, incidentIndex, timelineIndex } from '#shared/search/names.ts';
import { documentFields } from '#shared/search/templates/properties.ts';
import { ecsFields } from './ecs-fields.ts';
import { fieldsPage, renderFieldsPage } from './generate-fields.ts';

const page = renderFieldsPage();

test('docs/fields.md is up to date: make generate', () => {
  expect(readFileSync(fieldsPage, 'utf8')).toBe(page);
});

test('every field of every template is of ECS or on the page', () => {
  const ecs = new Set<string>(ecsFields);
  const names = Object.values(documentFields).flatMap((fields) => [...fields.keys()]);
  expect(names.filter((name) => !ecs.has(name) && !page.includes(`| \`${name}\` |`))).toEqual([]);
});

test('the indices that it names are those that are written', () => {
  const namespace = '<namespace>';
  const names = [eventStream('kubernetes.audit_logs', namespace), incidentIndex(namespace)];
  for (const name of [...names, incidentChangeStream(namespace), timelineIndex(namespace)]) {
    expect(page).toContain(`\`${name}\``);
  }
});
