import { addressEntity, parseAddress } from '#shared/event/address.ts';
import type { Draft, Format, FormatResult, RecordContext } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { text } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import { entitiesOf, personDraft, sameFacts } from './person.ts';

/** People from Keycloak: user representations of its admin API, and its event log, whose logins tie names to ids. */
export const keycloak: Format = { name: 'keycloak', family: 'inventory', recognises, normalise };

const eventLine = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[,.]\d{3} [A-Z]+ +\[org\.(?:keycloak|key)\.events\]/;

function recognises(record: JsonValue): boolean {
  if (typeof record === 'string') return eventLine.test(record);
  return (
    isJsonObject(record) &&
    typeof record['username'] === 'string' &&
    'createdTimestamp' in record &&
    'enabled' in record
  );
}

function normalise(record: JsonObject | string, context: RecordContext): FormatResult {
  if (typeof record === 'string') {
    const lines = record.split('\n').filter((line) => eventLine.test(line));
    return { kind: 'ok', drafts: lines.map((line) => loginDraft(line, context)) };
  }
  return { kind: 'ok', drafts: [userDraft(record, context)] };
}

function userDraft(user: JsonObject, context: RecordContext): Draft {
  const email = text(user['email']);
  const id = text(user['id']);
  const created_ns = parseTime(user['createdTimestamp']);
  const names = [text(user['username']), email, id].filter((name) => name !== undefined);
  const full_name = [text(user['firstName']), text(user['lastName'])]
    .filter((part) => part !== undefined)
    .join(' ');
  return personDraft(
    {
      directory: 'keycloak',
      id,
      names,
      full_name: full_name === '' ? undefined : full_name,
      email,
      created_ns,
      changed_ns: undefined,
    },
    created_ns ?? context.arrival_ns,
  );
}

/** `… type=LOGIN, realmId=…, userId=…, ipAddress=…, username=…`; values may be quoted. */
function loginDraft(line: string, context: RecordContext): Draft {
  const fields = new Map<string, string>();
  for (const [, name = '', value = ''] of line.matchAll(/(\w{1,64})="?([^",]{0,1024})"?(?:,|$)/g)) {
    if (value !== 'null' && value !== '') fields.set(name, value);
  }
  const [, time = ''] = /^(\S+ \S+)/.exec(line) ?? [];
  const time_ns = parseTime(time);
  const type = fields.get('type') ?? 'EVENT';
  const failed = type.endsWith('_ERROR');
  const username = fields.get('username');
  const names = [username, fields.get('userId')].filter((name) => name !== undefined);
  const people = entitiesOf(names);
  const ip = parseAddress(fields.get('ipAddress'))?.ip;
  const from = addressEntity(ip);
  return {
    time_ns,
    dataset: 'keycloak.events',
    dedupe_key: undefined,
    document: {
      message: `Keycloak ${type.toLowerCase()} of ${username ?? 'unknown'}`,
      event: {
        kind: 'event',
        category: ['authentication'],
        type: [failed ? 'info' : 'start'],
        action: type.toLowerCase(),
        outcome: failed ? 'failure' : 'success',
        reason: fields.get('error'),
        module: 'keycloak',
      },
      user: { name: username, id: fields.get('userId') },
      source: ip === undefined ? undefined : { ip },
    },
    actors: from?.startsWith('external:') === true ? [...people, from] : people,
    targets: [],
    // Whoever fails to log in may have typed anything.
    facts: failed ? [] : sameFacts(people, time_ns ?? context.arrival_ns),
  };
}
