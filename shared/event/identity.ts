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
  return hash('sha256', text, 'buffer').toString('base64url', 0, 16);
}
