import { Command } from 'commander';
import { logFolders, openLog } from './files.ts';

/** `audit log`: what logs there are; or the leaves of one, a line each. */
export function logCommand(): Command {
  return new Command('log')
    .description('list the logs of a ledger folder, or print the leaves of one log, one JSON line each')
    .argument('<folder>', 'a ledger folder, or the folder of one log')
    .option('-f, --from <index>', 'first leaf to print', Number)
    .option('-n, --count <leaves>', 'how many leaves to print', Number)
    .option('-t, --type <type>', 'only leaves of this type; `batch.*` stands for a family')
    .action((folder: string, options: LogOptions) => {
      const folders = logFolders(folder);
      const isList = folders[0] !== folder || (options.from ?? options.count ?? options.type) === undefined;
      if (isList) list(folders);
      else print(folder, options);
    });
}

interface LogOptions {
  readonly from?: number;
  readonly count?: number;
  readonly type?: string;
}

function list(folders: readonly string[]): void {
  for (const folder of folders) {
    const { log, checkpoint, minimum_index } = openLog(folder);
    const { size, root, origin } = checkpoint;
    const leaves = minimum_index === 0 ? `${size} leaves` : `${size} leaves, kept from ${minimum_index} on`;
    console.log(`${log}  ${leaves}  root ${root.toString('base64')}  ${origin}`);
  }
}

function print(folder: string, { from = 0, count = Number.POSITIVE_INFINITY, type = '*' }: LogOptions): void {
  const { tree, minimum_index } = openLog(folder);
  const first = Math.min(Math.max(from, minimum_index), tree.size);
  for (const entry of tree.entries(first, Math.min(tree.size, first + count))) {
    const text = entry.toString();
    if (matchesType(text, type)) console.log(text);
  }
}

function matchesType(leaf: string, type: string): boolean {
  const [, found = ''] = /"type":"([^"]*)"/.exec(leaf.slice(leaf.lastIndexOf('"time_us"'))) ?? [];
  return type.endsWith('*') ? found.startsWith(type.slice(0, -1)) : found === type;
}
