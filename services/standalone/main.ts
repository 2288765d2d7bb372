import { Command } from 'commander';
import { BreakwaterError } from '#shared/errors/error.ts';

/** Each command is loaded only when it is asked for, so that `replay` starts without Kafka's and Redis' clients. */
const commands: Readonly<Record<string, { description: string; load: () => Promise<Command> }>> = {
  demo: {
    description: 'start real servers, play a recorded attack through all services, show the incident',
    load: async () => (await import('./commands/demo.ts')).demoCommand(),
  },
  replay: {
    description: 'run recorded events through the whole pipeline in this process: files in, incidents out',
    load: async () => (await import('./commands/replay.ts')).replayCommand(),
  },
  up: {
    description: 'run all services in this process against real servers',
    load: async () => (await import('./commands/up.ts')).upCommand(),
  },
  stack: {
    description: 'start and stop Kafka, Elasticsearch and Redis on this computer',
    load: async () => (await import('./commands/stack.ts')).stackCommand(),
  },
  incidents: {
    description: 'why two things are not in one incident',
    load: async () => (await import('./commands/incidents.ts')).incidentsCommand(),
  },
  rules: {
    description: 'lint, test and explain Sigma rules; try them on recorded events',
    load: async () => (await import('./commands/rules.ts')).rulesCommand(),
  },
  events: {
    description: 'check and explain normalised events',
    load: async () => (await import('./commands/events.ts')).eventsCommand(),
  },
  audit: {
    description: 'verify, export and keep the audit ledger',
    load: async () => (await import('./commands/audit.ts')).auditCommand(),
  },
  witness: {
    description: 'cosign the checkpoints of logs',
    load: async () => (await import('./commands/audit/witness.ts')).witnessCommand(),
  },
};

async function run(): Promise<void> {
  const program = new Command('breakwater')
    .description('One incident per attack, from the events of container and Kubernetes security tools.')
    .showHelpAfterError()
    .enablePositionalOptions();
  const asked = process.argv.slice(2).find((argument) => !argument.startsWith('-')) ?? '';
  for (const [name, { description, load }] of Object.entries(commands)) {
    if (name === asked) program.addCommand((await load()).name(name).description(description));
    else program.command(name).description(description);
  }
  await program.parseAsync();
}

try {
  await run();
} catch (error) {
  if (!(error instanceof BreakwaterError)) throw error;
  process.stderr.write(`breakwater: ${error.message}\n${error.action} (${error.code})\n`);
  process.exitCode = error.code === 'BW_CONFIG_INVALID' ? 2 : 1;
}
