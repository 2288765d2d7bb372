import { describe, expect, it } from 'vitest';
import { ecsCatalogue } from '../../../schemas/ecs/catalogue.ts';
import { ecsFields } from '../../../schemas/elasticsearch/ecs-fields.ts';
import { toolNames } from '../../../schemas/elasticsearch/tools.ts';
import { fieldMapping, profiles } from './profile.ts';
import { documentFields, type Properties, propertiesOf } from './properties.ts';
import { defaultRetention, renderTemplates, type Template } from './templates.ts';

const options = { namespace: 'breakwater', dynamic: false, ...defaultRetention } as const;

describe.each(profiles)('templates for %s', (profile) => {
  const templates = renderTemplates({ ...options, profile });

  it('are as reviewed', async () => {
    await expect(outline(templates)).toMatchFileSnapshot(`fixtures/${profile}.txt`);
    for (const [kind, fields] of Object.entries(documentFields)) {
      const lines = Object.entries(leaves(propertiesOf(fields, profile))).map((line) => line.join(' '));
      await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`fixtures/${profile}-${kind}-fields.txt`);
    }
  });

  it('use only the types of the profile', () => {
    const text = JSON.stringify(templates);
    const beyondCore = ['constant_keyword', 'wildcard', 'match_only_text', 'data_stream_options'];
    for (const word of beyondCore) expect(text.includes(`"${word}"`)).toBe(profile === 'full');
    expect(text).not.toContain('"nested"');
  });

  it('stay ahead of the built-in templates, and within their own namespace', () => {
    for (const { body, pattern } of templates) {
      expect(body['priority']).toBeGreaterThanOrEqual(500);
      expect(pattern.endsWith('-breakwater')).toBe(true);
    }
  });
});

describe('fields', () => {
  it('do not collide with ECS', () => {
    for (const tool of toolNames) {
      expect(Object.keys(ecsCatalogue).some((name) => name.split('.')[0] === tool)).toBe(false);
    }
  });

  it('keep the time exact and required, and the original out of the index', () => {
    expect(fieldMapping('@timestamp', 'date', 'core')).toEqual({
      type: 'date_nanos',
      ignore_malformed: false,
    });
    expect(fieldMapping('event.original', 'keyword', 'full')).toEqual({
      type: 'keyword',
      index: false,
      doc_values: false,
    });
  });

  it('are all mapped', () => {
    expect(ecsFields.length).toBeGreaterThan(300);
    const event = propertiesOf(documentFields.event, 'full');
    expect(event).toMatchObject({
      process: { properties: { parent: { properties: { command_line: { type: 'wildcard' } } } } },
      container: { properties: { labels: { type: 'flattened' }, image: { properties: { hash: {} } } } },
      kubernetes: { properties: { audit: { properties: { objectRef: { properties: {} } } } } },
      falco: { type: 'flattened' },
    });
  });

  it('cannot be a field and an object at once', () => {
    const fields = new Map([
      ['a', 'keyword'],
      ['a.b', 'keyword'],
    ]);
    expect(() => propertiesOf(fields, 'core')).toThrow('a.b');
    expect(() => fieldMapping('a', 'dense_vector', 'core')).toThrow('dense_vector');
  });
});

/** Templates without their long lists of fields. */
function outline(templates: readonly Template[]): string {
  const hidden = (key: string, value: unknown) => (key === 'properties' ? '…' : value);
  return `${templates.map(({ name, body }) => `${name} ${JSON.stringify(body, hidden, 1)}`).join('\n')}\n`;
}

/** One line a field. */
function leaves(properties: Properties, prefix = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, child]) =>
      isBranch(child)
        ? Object.entries(leaves(child.properties, `${prefix}${name}.`))
        : [[`${prefix}${name}`, JSON.stringify(child)]],
    ),
  );
}

function isBranch(child: Properties[string]): child is { readonly properties: Properties } {
  return typeof child['properties'] === 'object';
}
