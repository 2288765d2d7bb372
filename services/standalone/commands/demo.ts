import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import { BreakwaterError } from '#shared/errors/error.ts';
import { readRuleFiles } from '#shared/sigma/set/load.ts';
import { describeDemo, describeEmbeddedDemo } from '../report/demo-text.ts';
import { runDemo } from '../demo/run.ts';
import { runReplay } from '../replay/run.ts';

const project = join(import.meta.dirname, '../../..');
const recorded = join(project, 'test/fixtures/demo/stream.ndjson');
const defaultDirectory = join(project, '.breakwater/demo');

/** `breakwater demo`: real servers, all services, a recorded attack among benign records, and what came of it. */
export function demoCommand(): Command {
  return new Command('demo')
    .option('-d, --directory <folder>', 'where data and logs are kept; emptied first', defaultDirectory)
    .option('--embedded', 'without servers: the same services on embedded adapters', false)
    .action(demo);
}

async function demo({ directory, embedded }: { directory: string; embedded: boolean }): Promise<void> {
  if (embedded) return demoWithoutServers(directory, 'asked for');
  try {
    rmSync(directory, { recursive: true, force: true });
    const result = await runDemo({ directory, file: recorded });
    process.stdout.write(describeDemo(result, shown(directory)));
  } catch (error) {
    if (!(error instanceof BreakwaterError) || !error.code.startsWith('BW_STACK_')) throw error;
    await demoWithoutServers(directory, error.message);
  }
}

async function demoWithoutServers(directory: string, reason: string): Promise<void> {
  process.stdout.write(
    `Without servers (${reason}): the same services, on embedded adapters in this process.\n`,
  );
  const out = join(directory, 'replay');
  const rules = await readRuleFiles(join(project, 'rules'), { tests: false });
  const result = await runReplay({ files: [recorded], out, scope: 'default', rules });
  process.stdout.write(describeEmbeddedDemo(result, shown(out)));
}

/** Paths inside the project are shown from there. */
function shown(path: string): string {
  const inside = relative(process.cwd(), path);
  return inside.startsWith('..') ? path : inside;
}
