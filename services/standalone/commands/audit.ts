import { Command } from 'commander';
import { eraseCommand } from './audit/erase.ts';
import { exportCommand } from './audit/export.ts';
import { holdCommand } from './audit/hold.ts';
import { incidentReportCommand, milestoneCommand } from './audit/incident-report.ts';
import { logCommand } from './audit/log.ts';
import { consistencyCommand, proveCommand } from './audit/prove.ts';
import { retainCommand } from './audit/retain.ts';
import { rotateKeyCommand } from './audit/rotate-key.ts';
import { sampleCommand } from './audit/sample.ts';
import { verifyCommand } from './audit/verify.ts';
import { verifyDecisionCommand } from './audit/verify-decision.ts';
import { whoCommand } from './audit/who.ts';
import { witnessCommand } from './audit/witness.ts';

/** `breakwater audit …`: look into the ledger, prove, verify and export. Verification needs no server and no network. */
export function auditCommand(): Command {
  const command = new Command('audit').description('verify, export and keep the audit ledger');
  const commands = [
    logCommand(),
    proveCommand(),
    verifyCommand(),
    verifyDecisionCommand(),
    consistencyCommand(),
    sampleCommand(),
    exportCommand(),
    incidentReportCommand(),
    milestoneCommand(),
    whoCommand(),
    witnessCommand(),
    holdCommand(),
    eraseCommand(),
    retainCommand(),
    rotateKeyCommand(),
  ];
  for (const each of commands) command.addCommand(each);
  return command;
}
