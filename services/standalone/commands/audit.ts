import { Command } from 'commander';
import { verifyCommand } from './audit/verify.ts';

/** `breakwater audit …`: look into the ledger, prove, verify and export. Verification needs no server and no network. */
export function auditCommand(): Command {
  return new Command('audit').description('verify and export the audit ledger').addCommand(verifyCommand());
}
