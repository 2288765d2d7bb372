import { isSystemCallSource } from './falco-activity.ts';
import type { FalcoAlert } from './falco-alert.ts';
import { falcoConnection, type FalcoConnection, peerPlace } from './falco-connection.ts';
import { type PluginSubject, pluginSubject } from './falco-plugins.ts';
import { falcoSubject } from './falco-subject.ts';
import { type FalcoVerdict, falcoVerdict } from './falco-verdict.ts';
import type { Subject } from './subject.ts';

/** What an alert says of what happened, read once. */
export interface FalcoEvent {
  readonly alert: FalcoAlert;
  readonly subject: Subject;
  readonly connection: FalcoConnection | undefined;
  /** People and objects, of alerts that do not watch the system. */
  readonly plugin: PluginSubject | undefined;
  readonly verdict: FalcoVerdict;
}

/** Reads what the fields of an alert say, and judges it. */
export function readAlert(alert: FalcoAlert): FalcoEvent {
  const watchesSystem = isSystemCallSource(alert.source);
  const connection = falcoConnection(alert);
  return {
    alert,
    subject: falcoSubject(alert, watchesSystem),
    connection,
    plugin: watchesSystem ? undefined : pluginSubject(alert.fields),
    verdict: falcoVerdict(alert.rule, alert.priority, alert.tags, peerPlace(connection)),
  };
}
