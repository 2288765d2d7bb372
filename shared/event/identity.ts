import { hash } from 'node:crypto';

/** SHA-256 (hex) of the raw record value: `event.hash`. */
export function eventHash(value: Buffer | string): string {
  return hash('sha256', value, 'hex');
}

/**
 * `event.id`: the first 128 bits of SHA-256 over scope, dataset and the tool's own dedupe key, base64url. Parts are
 * separated by a character that none of them contains.
 */
export function eventId(scope: string, dataset: string, dedupe_key: string): string {
  return shortHash(`${scope}\u0000${dataset}\u0000${dedupe_key}`);
}

/** `signal.id`: one per event and rule. */
export function signalId(event_id: string, rule_id: string): string {
  return shortHash(`${event_id}\u0000${rule_id}`);
}

/** 128 bits of SHA-256 over a text, base64url: 22 characters. */
export function shortHash(text: string): string {
  const whole = hash('sha256', text, 'base64url');
  return whole.slice(0, 21) + (lastCharacters[whole.charCodeAt(21)] ?? '');
}

/** The 22nd character, by that of the whole hash: only its first two bits belong to the first 128. */
const lastCharacters: readonly string[] = Array.from({ length: 128 }, (_, code) => {
  const [bits = 0] = Buffer.from(`${String.fromCharCode(code)}A`, 'base64url');
  return Buffer.of(bits & 0b1100_0000)
    .toString('base64url')
    .slice(0, 1);
});
