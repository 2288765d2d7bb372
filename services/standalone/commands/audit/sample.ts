import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { rulesFolder } from '#shared/config/common.ts';
import { readConfig } from '#shared/config/read.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import { type Control, controlSelections, listControls } from '#shared/ledger/controls/controls.ts';
import { loadRulesByTag } from '#shared/ledger/controls/rules-with-tag.ts';
import {
  type ControlSample,
  type SampledControl,
  type SampledLog,
  Sampler,
  seedOf,
} from '#shared/ledger/controls/sample.ts';
import { isoTime } from '#shared/ledger/evidence/csv.ts';
import { parseLeafView } from '#shared/ledger/evidence/leaf-view.ts';
import { parseManifest } from '#shared/ledger/evidence/manifest.ts';
import { listedLeaves } from '#shared/ledger/export/listed-leaves.ts';
import type { PlacedLeaf } from '#shared/ledger/incident/report.ts';
import { logPrefix, parseLogName } from '#shared/ledger/log-name.ts';
import { leafHash } from '#shared/ledger/merkle.ts';
import { logFolders, openLog } from './files.ts';

interface SampleFlags {
  readonly control: readonly string[];
  readonly tenant?: string;
  readonly count: number;
  readonly seed: string;
  readonly rules: string;
  readonly json: boolean;
}

const sample_leaves_max = 10_000;

/** `audit sample`: how many records are evidence for each control, and some of them, drawn so that nobody can choose. */
export function sampleCommand(): Command {
  const defaults = readConfig({ rulesFolder }, process.env);
  return new Command('sample')
    .description(
      'count the records that are evidence for controls, and draw a sample that others can draw again',
    )
    .argument('<folder>', 'a ledger folder, the folder of one log, or an export bundle; verify it first')
    .addOption(
      new Option('-c, --control <id...>', 'controls, such as pci-dss/10.2.1; without it all').default([]),
    )
    .option('-t, --tenant <name>', 'of a ledger: the logs of one tenant')
    .addOption(
      new Option('-n, --count <records>', 'how many records for each control').argParser(countOf).default(25),
    )
    .option('-s, --seed <text>', 'a word of yours that the operator could not know', '')
    .option(
      '-r, --rules <folder>',
      'where rules are that say of which control they are',
      defaults.rulesFolder,
    )
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      `
A record is drawn when SHA-256 over the seed and its leaf hash, both in hex, is among the lowest. The seed is SHA-256 over
a line "<log> <size> <root>" for each log and a last line with your own word.`,
    )
    .action(sample);
}

async function sample(folder: string, flags: SampleFlags): Promise<void> {
  const rulesByTag = await loadRulesByTag(flags.rules);
  const asked = flags.control.length > 0 ? flags.control : listControls().map(({ id }) => id);
  const controls = asked.map((control): SampledControl => {
    const selections = controlSelections(control, rulesByTag);
    return { control, title: titleOf(control, listControls()), selections };
  });
  const { logs, leaves } = existsSync(join(folder, 'manifest.json'))
    ? openBundle(folder)
    : openLedger(folder, flags.tenant);
  const seed = seedOf(logs, flags.seed);
  const sampler = new Sampler(controls, seed, flags.count);
  for (const leaf of leaves()) sampler.add(leaf);
  print({ seed, logs, controls: sampler.samples() }, flags.json);
}

interface Population {
  readonly logs: readonly SampledLog[];
  readonly leaves: () => Iterable<PlacedLeaf>;
}

/** The records that an export lists: those that it was asked for. */
function openBundle(folder: string): Population {
  const manifest = parseManifest(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const logs = manifest.logs.map(({ log, size, root }) => ({
    log,
    size,
    root: Buffer.from(root, 'hex').toString('base64'),
  }));
  return { logs, leaves: () => listedLeaves(folder) };
}

/** All records of some logs; the log of heads is about logs, not about controls. */
function openLedger(folder: string, tenant: string | undefined): Population {
  const folders = logFolders(folder).filter((each) => {
    const prefix = parseLogName(basename(each))?.prefix ?? '';
    return tenant === undefined ? folder === each || !prefix.startsWith('_') : prefix === logPrefix(tenant);
  });
  const opened = folders.map(openLog);
  return {
    logs: opened.map(({ log, checkpoint: { size, root } }) => ({ log, size, root: root.toString('base64') })),
    leaves: function* () {
      for (const { log, tree, minimum_index } of opened) {
        let index = minimum_index;
        for (const entry of tree.entries(minimum_index, tree.size)) {
          const leaf = parseLeafView(entry.toString());
          const leaf_hash = Buffer.from(leafHash(entry), 'binary').toString('hex');
          if (leaf !== undefined) yield { log, index, leaf_hash, leaf };
          index += 1;
        }
      }
    },
  };
}

/** The control's own title; of one that stands for others, what they have in common: their framework. */
function titleOf(id: string, controls: readonly Control[]): string {
  const below = controls.find((control) => control.id.startsWith(`${id}.`));
  return controls.find((control) => control.id === id)?.title ?? `${below?.framework ?? ''}, all below`;
}

interface Result {
  readonly seed: string;
  readonly logs: readonly SampledLog[];
  readonly controls: readonly ControlSample[];
}

function print(result: Result, json: boolean): void {
  if (json) return console.log(JSON.stringify(result, null, 2));
  for (const { log, size, root } of result.logs) console.log(`${log} ${size} ${root}`);
  console.log(`seed ${result.seed}`);
  for (const { control, title, population, sample: drawn } of result.controls) {
    console.log(`\n${control}  ${title}: ${population} records, ${drawn.length} drawn`);
    for (const { log, index, leaf_hash, type, time_us } of drawn)
      console.log(`  ${log}:${index}  ${leaf_hash}  ${isoTime(time_us)}  ${type}`);
  }
}

function countOf(text: string): number {
  const { data } = z.coerce.number().int().min(1).max(sample_leaves_max).safeParse(text);
  if (data !== undefined) return data;
  throw new BreakwaterError('BW_CONFIG_INVALID', `--count is a number from 1 to ${sample_leaves_max}`);
}
