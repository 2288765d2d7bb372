import { createHash, randomBytes } from 'node:crypto';

/** What the server reads from its standard input when it starts. */
export interface ServerArgs {
  readonly settings: Readonly<Record<string, string>>;
  readonly config: string;
  readonly logs: string;
}

const keystoreFormatVersion = 7;
const settingIsText = 0;

/**
 * The message that Elasticsearch's own launcher sends (its `ServerArgs`, in the stream format of 9.4). Asking it to
 * run as a daemon makes it independent of its input: it stops on SIGTERM.
 */
export function encodeServerArgs(args: ServerArgs): Buffer {
  return Buffer.concat([
    boolean(true), // daemonize
    boolean(false), // quiet
    boolean(false), // no file for the process id
    keystore({ 'keystore.seed': randomBytes(15).toString('base64url') }),
    map(args.settings, (value) => Buffer.concat([Buffer.of(settingIsText), text(value)])),
    text(args.config),
    text(args.logs),
  ]);
}

/** An unlocked keystore with its entries in clear and their digests. */
function keystore(secrets: Readonly<Record<string, string>>): Buffer {
  const version = Buffer.alloc(4);
  version.writeInt32BE(keystoreFormatVersion);
  const secret = (value: string): Buffer =>
    Buffer.concat([sized(Buffer.from(value)), sized(createHash('sha256').update(value).digest())]);
  return Buffer.concat([
    text('org.elasticsearch.common.settings.KeyStoreWrapper'),
    version,
    boolean(false), // no password
    boolean(false), // no encrypted content
    map(secrets, secret),
    boolean(false), // open
  ]);
}

function map(values: Readonly<Record<string, string>>, encode: (value: string) => Buffer): Buffer {
  const entries = Object.entries(values);
  return Buffer.concat([
    variableInteger(entries.length),
    ...entries.flatMap(([key, value]) => [text(key), encode(value)]),
  ]);
}

/** Length in UTF-16 units, then one to three bytes a unit, as Java's modified UTF-8. */
function text(value: string): Buffer {
  const units = Array.from({ length: value.length }, (_, index) => value.charCodeAt(index));
  return Buffer.concat([variableInteger(units.length), ...units.map(characterBytes)]);
}

function characterBytes(unit: number): Buffer {
  if (unit < 0x80) return Buffer.of(unit);
  if (unit < 0x800) return Buffer.of(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f));
  return Buffer.of(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
}

function sized(bytes: Buffer): Buffer {
  return Buffer.concat([variableInteger(bytes.length), bytes]);
}

function boolean(value: boolean): Buffer {
  return Buffer.of(value ? 1 : 0);
}

/** Seven bits a byte, low bits first, the high bit says that more follow. */
function variableInteger(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}
