import type { Level } from '#shared/avro/types.generated.ts';
import type { Mark } from '#shared/event/format.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { text } from '#shared/event/read.ts';

interface KnownNotice {
  readonly level: Level;
  readonly tactic?: string;
  readonly technique?: string;
}

/** Notices of Zeek's own scripts; what sites add themselves is low until they say more. */
const notices: ReadonlyMap<string, KnownNotice> = new Map<string, KnownNotice>([
  ['SSL::Invalid_Server_Cert', { level: 'informational' }],
  ['SSL::Certificate_Expired', { level: 'informational' }],
  ['SSL::Certificate_Expires_Soon', { level: 'informational' }],
  ['CaptureLoss::Too_Much_Loss', { level: 'informational' }],
  ['PacketFilter::Dropped_Packets', { level: 'informational' }],
  ['Scan::Address_Scan', { level: 'low', tactic: 'discovery', technique: 'T1046' }],
  ['Scan::Port_Scan', { level: 'low', tactic: 'discovery', technique: 'T1046' }],
  ['SSH::Password_Guessing', { level: 'medium', tactic: 'credential-access', technique: 'T1110' }],
  ['SSH::Login_By_Password_Guesser', { level: 'high', tactic: 'credential-access', technique: 'T1110' }],
  [
    'SSH::Interesting_Hostname_Login',
    { level: 'medium', tactic: 'lateral-movement', technique: 'T1021.004' },
  ],
  ['FTP::Bruteforcing', { level: 'medium', tactic: 'credential-access', technique: 'T1110' }],
  ['HTTP::SQL_Injection_Attacker', { level: 'medium', tactic: 'initial-access', technique: 'T1190' }],
  ['HTTP::SQL_Injection_Victim', { level: 'medium', tactic: 'initial-access', technique: 'T1190' }],
  ['Heartbleed::SSL_Heartbeat_Attack', { level: 'medium', tactic: 'initial-access', technique: 'T1190' }],
  [
    'Heartbleed::SSL_Heartbeat_Attack_Success',
    { level: 'high', tactic: 'initial-access', technique: 'T1190' },
  ],
  ['Intel::Notice', { level: 'medium', tactic: 'command-and-control' }],
  ['TeamCymruMalwareHashRegistry::Match', { level: 'high', tactic: 'execution' }],
  ['Signatures::Sensitive_Signature', { level: 'medium' }],
]);

export function noticeMark(log: JsonObject): Mark {
  const note = text(log['note']) ?? 'Notice';
  const known = notices.get(note);
  return {
    rule: { id: `zeek/${note}`, title: note, level: known?.level ?? 'low', origin: 'tool' },
    tactics: known?.tactic === undefined ? [] : [known.tactic],
    techniques: known?.technique === undefined ? [] : [known.technique],
  };
}
