import type { LeafView } from './filter.ts';

/** Reads what filters and columns need of a leaf; undefined when it is none. */
export function parseLeafView(text: string): LeafView | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isLeafView(value) ? value : undefined;
}

function isLeafView(value: unknown): value is LeafView {
  if (typeof value !== 'object' || value === null) return false;
  const leaf: Partial<Record<string, unknown>> = { ...value };
  const texts = ['outcome', 'producer', 'received_us', 'sequence', 'tenant', 'time_us', 'type', 'log'];
  if (leaf['version'] !== 1 || !texts.every((key) => typeof leaf[key] === 'string')) return false;
  if (![leaf['time_us'], leaf['received_us']].every((time) => /^-?\d{1,20}$/.test(String(time))))
    return false;
  const { facts, body } = leaf;
  if (typeof facts !== 'object' || facts === null) return false;
  if (!Object.values(facts).every((fact) => typeof fact === 'string')) return false;
  return (
    body === undefined ||
    (typeof body === 'object' && body !== null && 'commitment' in body && typeof body.commitment === 'string')
  );
}
