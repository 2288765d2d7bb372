/**
 * Makes `ecs.json`, the compact catalogue of ECS fields, from `generated/ecs/ecs_flat.yml` of a release of
 * elastic/ecs:
 *
 *     node schemas/ecs/generate.ts path/to/ecs_flat.yml
 *
 * One field a line, sorted by name, so that a new release shows as a readable difference.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const definitions = z.record(
  z.string(),
  z.object({
    type: z.string(),
    normalize: z.array(z.string()).optional(),
    allowed_values: z
      .array(z.object({ name: z.string(), expected_event_types: z.array(z.string()).optional() }))
      .optional(),
    expected_values: z.array(z.string()).optional(),
    ignore_above: z.number().optional(),
    pattern: z.string().optional(),
    scaling_factor: z.number().optional(),
  }),
);

type Definition = z.infer<typeof definitions>[string];

const [input] = process.argv.slice(2);
if (input === undefined) throw new TypeError('give the path of ecs_flat.yml');
const fields = Object.entries(definitions.parse(parse(readFileSync(input, 'utf8'))));
const lines = fields
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, definition]) => `  ${JSON.stringify(name)}: ${JSON.stringify(compact(definition))}`);
writeFileSync(new URL('ecs.json', import.meta.url), `{\n${lines.join(',\n')}\n}\n`);
process.stdout.write(`${fields.length} fields\n`);

/** What validation and templates need of a definition; `undefined` is not written. */
function compact(definition: Definition) {
  return {
    type: definition.type,
    array: definition.normalize?.includes('array') === true ? true : undefined,
    allowed: definition.allowed_values?.map((value) => value.name),
    event_types: eventTypes(definition),
    expected: definition.expected_values,
    ignore_above: definition.ignore_above,
    pattern: definition.pattern,
    scaling_factor: definition.scaling_factor,
  };
}

/** Of `event.category` alone: the event types that each value expects. */
function eventTypes(definition: Definition): Record<string, readonly string[]> | undefined {
  const pairs = (definition.allowed_values ?? []).flatMap(({ name, expected_event_types: types }) =>
    types === undefined ? [] : [[name, types] as const],
  );
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}
