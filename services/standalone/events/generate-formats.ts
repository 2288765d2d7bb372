import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { families } from '../../../schemas/topics/topics.ts';
import { allFormats } from './all-formats.ts';
import { admissionGuide } from './guide/admission.ts';
import type { Guide, GuideEntry } from './guide/entry.ts';
import { inventoryGuide } from './guide/inventory.ts';
import { networkGuide } from './guide/network.ts';
import { runtimeGuide } from './guide/runtime.ts';
import { scannerGuide } from './guide/scanner.ts';

export const formatsPage = join(import.meta.dirname, '../../../docs/formats.md');

export const guides: Readonly<Record<(typeof families)[number], Guide>> = {
  scanner: scannerGuide,
  admission: admissionGuide,
  runtime: runtimeGuide,
  network: networkGuide,
  inventory: inventoryGuide,
};

const introduction = `<!-- Generated from the registries of formats and services/standalone/events/guide by \`make generate\`. Do not edit. -->

# Formats

What Breakwater reads, how to send it, what becomes of it. A record is recognised by its shape, among the formats of the
family of its topic. \`breakwater events check FILE\` says whether a file is understood, \`breakwater events explain FILE\`
where each value went.

## How to send

Either write to Kafka, topic \`raw.<family>\`, or post to the gateway, \`POST /v1/<family>\` with \`Authorization: Bearer <token>\`:
202 means that Kafka has it, 429 and 503 mean to send again. A body may hold one record, many lines, a JSON array, a
Kubernetes list or a shipper's envelope, up to three layers deep, and 8 MiB at most.

Kafka's acknowledgements must be \`all\`, or records are lost when a broker fails. Keys are not needed.

**Fluent Bit** (its \`kubernetes\` filter may stay on: it then names the agent, and never passes for the subject):

\`\`\`yaml
pipeline:
  inputs:
    - name: tail
      path: /var/log/containers/tetragon-*_export-stdout-*.log
      multiline.parser: docker, cri
  filters:
    - name: kubernetes
      match: '*'
  outputs:
    - name: kafka
      match: '*'
      brokers: kafka:9092
      topics: raw.runtime
      format: json
      rdkafka.request.required.acks: all
\`\`\`

**Vector**:

\`\`\`yaml
sources:
  hubble: { type: file, include: [/var/run/cilium/hubble/events.log] }
sinks:
  breakwater:
    type: kafka
    inputs: [hubble]
    bootstrap_servers: kafka:9092
    topic: raw.network
    encoding: { codec: json }
    librdkafka_options: { acks: all }
\`\`\`

**By hand**: \`kcat -P -b kafka:9092 -t raw.scanner -X acks=all report.json\`.

What every format shares (framing, redaction, limits, enrichment, reasons of rejections) is in
[shared/ingest](../shared/ingest/README.md).
`;

/** The page of all formats, in the order in which they are tried. */
export function renderFormatsPage(): string {
  const formats = allFormats();
  const sections = families.map((family) => {
    const entries = formats[family].flatMap(({ name }) => {
      const entry = guides[family][name];
      return entry === undefined ? [] : [renderEntry(name, entry)];
    });
    return `## ${family}: \`raw.${family}\`\n\n${entries.join('\n')}`;
  });
  return [introduction, ...sections].join('\n');
}

function renderEntry(name: string, { tool, seen, ship, mapped, not_mapped }: GuideEntry): string {
  return `### ${name}

${tool}. Seen: ${seen}.

${ship}

- Mapped: ${mapped}
- Not mapped: ${not_mapped}
`;
}

if (import.meta.main) writeFileSync(formatsPage, renderFormatsPage());
