import { addressEntity, parseAddress } from '#shared/event/address.ts';
import type { Draft, Format, FormatResult, RecordContext } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, text } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import { entitiesOf, sameFacts } from './person.ts';

/** Events of authentik's log: who came in, under which name and address. */
export const authentik: Format = { name: 'authentik', family: 'inventory', recognises, normalise };

function recognises(record: JsonValue): boolean {
  return (
    isJsonObject(record) &&
    typeof record['logger'] === 'string' &&
    record['logger'].startsWith('authentik.') &&
    typeof record['action'] === 'string'
  );
}

/** Whom authentik calls somebody that it does not know yet. */
const nobody = 'AnonymousUser';

function normalise(record: JsonObject, context: RecordContext): FormatResult {
  const action = text(record['action']) ?? 'event';
  const known = text(at(record, 'user', 'username'));
  const tried = text(at(record, 'context', 'username')) ?? text(record['identifier']);
  const username = known === undefined || known === nobody ? tried : known;
  const email = text(at(record, 'user', 'email'));
  const people = entitiesOf([username, email].filter((name) => name !== undefined));
  const ip = parseAddress(text(record['client_ip']))?.ip;
  const from = addressEntity(ip);
  const failed = /fail|invalid|denied/.test(action);
  const time_ns = parseTime(record['timestamp']);
  const draft: Draft = {
    time_ns,
    dataset: 'authentik.events',
    dedupe_key: undefined,
    document: {
      message: `authentik ${action} of ${username ?? 'unknown'}`,
      event: {
        kind: 'event',
        category: ['authentication'],
        type: [action === 'login' ? 'start' : action === 'logout' ? 'end' : 'info'],
        action,
        outcome: failed ? 'failure' : 'success',
        module: 'authentik',
      },
      user: { name: username, email },
      source: ip === undefined ? undefined : { ip },
    },
    actors: from?.startsWith('external:') === true ? [...people, from] : people,
    targets: [],
    // Whoever fails to log in may have typed anything.
    facts: failed ? [] : sameFacts(people, time_ns ?? context.arrival_ns),
  };
  return { kind: 'ok', drafts: [draft] };
}
