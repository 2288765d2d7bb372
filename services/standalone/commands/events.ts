import { Command, Option } from 'commander';
import type { Family } from '#shared/avro/types.generated.ts';
import { validateDocument } from '#shared/ecs/validate.ts';
import { isJsonObject, parseJson } from '#shared/event/json.ts';
import { families } from '../../../schemas/topics/topics.ts';
import { allFormats } from '../events/all-formats.ts';
import { originsOf } from '../events/provenance.ts';
import { excerpt, type ReadEntry, readEventFile } from '../events/read-file.ts';

/** `breakwater events …`: what becomes of tool output, and whether it is valid. */
export function eventsCommand(): Command {
  const command = new Command('events').description('check and explain normalised events');
  command
    .command('check')
    .description(
      'normalise tool output and check it against ECS and the index templates; exit status 1 on a problem',
    )
    .argument('<files...>', 'files of tool output: one record each, or a recorded stream')
    .addOption(familyOption())
    .action(check);
  command
    .command('explain')
    .description('show each event of a file field by field, and where each value came from')
    .argument('<file>', 'file of tool output: one record, or a recorded stream')
    .addOption(familyOption())
    .option('--json', 'one JSON object a line', false)
    .action(explain);
  return command;
}

function familyOption(): Option {
  return new Option(
    '-f, --family <family>',
    'read as this family (default: the first that knows the record)',
  ).choices(families);
}

interface Options {
  readonly family?: Family;
  readonly json?: boolean;
}

function read(file: string, options: Options): readonly ReadEntry[] {
  return readEventFile(file, { formats: allFormats(), family: options.family, scope: 'default' });
}

function check(files: readonly string[], options: Options): void {
  const counts = new Map<string, number>();
  const count = (name: string): void => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  };
  let problems = 0;
  for (const file of files) {
    for (const entry of read(file, options)) {
      for (const { format } of entry.events) count(`event of ${format}`);
      for (const reason of entry.dropped) count(`dropped: ${reason}`);
      for (const line of problemsOf(entry)) {
        problems += 1;
        print(`${file}: ${line}`);
      }
    }
  }
  for (const [name, number] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    print(`${String(number).padStart(8)} ${name}`);
  print(`${problems} problem${problems === 1 ? '' : 's'}`);
  if (problems > 0) process.exitCode = 1;
}

function problemsOf({ events, rejected, value }: ReadEntry): readonly string[] {
  const unusable = rejected.map(({ reason, detail }) => `${reason} (${detail}): ${excerpt(value)}`);
  const invalid = events.flatMap(({ format, document }) => {
    const parsed = parseJson(JSON.stringify(document));
    if (parsed.kind === 'invalid' || !isJsonObject(parsed.value)) return [`${format}: not a JSON object`];
    return validateDocument(parsed.value).map(({ field, problem }) => `${format}: ${field} ${problem}`);
  });
  return [...unusable, ...invalid];
}

function explain(file: string, options: Options): void {
  for (const { events, dropped, rejected, value } of read(file, options)) {
    for (const { reason, detail } of rejected) print(`rejected: ${reason} (${detail}): ${excerpt(value)}`);
    for (const reason of dropped) print(`dropped: ${reason}: ${excerpt(value)}`);
    for (const event of events) {
      const original = event.document.event?.original ?? value.toString('utf8');
      const origins = originsOf(event, original);
      if (options.json === true) {
        print(JSON.stringify({ format: event.format, id: event.id, fields: origins }));
        continue;
      }
      print(`${event.format} ${event.id}: ${event.document.message ?? ''}`);
      for (const origin of origins) print(`  ${origin.field} = ${origin.value}\n      from ${origin.origin}`);
      for (const { a, relation, b, confidence } of event.facts)
        print(`  fact: ${a} ${relation} ${b} (${confidence})`);
      for (const { rule } of event.marks) print(`  signal: ${rule.id} (${rule.level})`);
    }
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
