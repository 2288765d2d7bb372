import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Family } from '#shared/avro/types.generated.ts';
import { families } from '../../schemas/topics/topics.ts';

const services = join(import.meta.dirname, '../../services');

/** The input of a test of a format. */
export interface Fixture {
  /** `runtime/falco/reverse-shell.json`. */
  readonly name: string;
  readonly family: Family;
  /** The folder that it is in, which has the name of the format. */
  readonly format: string;
  readonly value: Buffer;
}

/** The inputs that the project ships for all formats. */
export function readFixtures(): readonly Fixture[] {
  return families.flatMap((family) => {
    const folder = join(services, family, 'formats/fixtures');
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:json|ndjson|log|txt)$/.test(name) && !name.endsWith('.expected.json'))
      .toSorted()
      .map((name) => ({
        name: `${family}/${name}`,
        family,
        format: name.split('/')[0] ?? '',
        value: readFileSync(join(folder, name)),
      }));
  });
}
