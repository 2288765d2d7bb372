import { stackCommand } from '../../services/standalone/commands/stack.ts';

await stackCommand().parseAsync();
