import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Family } from '#shared/avro/types.generated.ts';

/** Real output of tools, kept outside the project because of its size and licences. */
export const samplesFolder = join(
  process.env['BREAKWATER_SHARED'] ?? join(import.meta.dirname, '../../../shared'),
  'samples',
);

export const haveSamples = existsSync(samplesFolder);

/** One file of a tool's output. */
export interface Sample {
  /** `scanner/trivy/report.json`. */
  readonly name: string;
  readonly family: Family;
  readonly value: Buffer;
}

const families: Readonly<Record<string, Family>> = {
  scanner: 'scanner',
  admission: 'admission',
  runtime: 'runtime',
  network: 'network',
  identity: 'inventory',
  // Lines of an ingress controller in the frames of container runtimes.
  envelope: 'network',
};

/** Every sample; YAML objects as the JSON that a cluster would send. */
export function readSamples(): readonly Sample[] {
  return Object.entries(families).flatMap(([folder, family]) =>
    readdirSync(join(samplesFolder, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.[a-z]+$/i.test(name))
      .toSorted()
      .map((name) => ({
        name: `${folder}/${name}`,
        family,
        value: readSample(join(samplesFolder, folder, name)),
      })),
  );
}

function readSample(file: string): Buffer {
  const bytes = readFileSync(file);
  if (!/\.ya?ml$/.test(file)) return bytes;
  const objects = parseAllDocuments(bytes.toString('utf8')).map((document): unknown => document.toJS());
  return Buffer.from(objects.map((object) => JSON.stringify(object)).join('\n'));
}
