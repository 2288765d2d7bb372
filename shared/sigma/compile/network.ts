/** An address as 32-bit words: one for IPv4, four for IPv6. IPv4-mapped IPv6 addresses are IPv4. */
export type Address = readonly number[];

export interface Network {
  readonly address: Address;
  readonly prefix_bits: number;
}

/** Longest text of an address: IPv6 with an embedded IPv4. */
const address_chars_max = 45;

/** The address that a text spells; undefined when it spells none (zones and ports are not part of an address). */
export function parseAddress(text: string): Address | undefined {
  if (text.length > address_chars_max) return undefined;
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): Address | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  let word = 0;
  for (const part of match.slice(1)) {
    const byte = Number(part);
    // A leading zero may mean octal: not an address.
    if (byte > 255 || (part.length > 1 && part.startsWith('0'))) return undefined;
    word = word * 256 + byte;
  }
  return [word];
}

function parseV6(text: string): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? '');
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '') : [];
  if (head === undefined || tail === undefined) return undefined;
  const gap = 8 - head.length - tail.length;
  if (halves.length === 2 ? gap < 1 : gap !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: gap }, () => 0), ...tail];
  const words = [0, 2, 4, 6].map((index) => (groups[index] ?? 0) * 65_536 + (groups[index + 1] ?? 0));
  const mapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
  return mapped ? [words[3] ?? 0] : words;
}

function groupsOf(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.') && index === parts.length - 1) {
      const word = parseV4(part)?.[0];
      if (word === undefined) return undefined;
      groups.push(Math.floor(word / 65_536), word % 65_536);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups.length > 8 ? undefined : groups;
}

/** Reads `address/bits`; the reason when it is not a network. */
export function parseNetwork(text: string): Network | string {
  const [addressText = '', bitsText, ...rest] = text.split('/');
  const address = parseAddress(addressText);
  if (address === undefined || rest.length > 0) return `${text} is not a network such as 10.0.0.0/8`;
  const width = address.length * 32;
  if (bitsText === undefined) return { address, prefix_bits: width };
  const mapped = addressText.includes(':') && address.length === 1;
  const prefix_bits = Number(bitsText) - (mapped ? 96 : 0);
  if (!/^\d{1,3}$/.test(bitsText) || prefix_bits < 0 || prefix_bits > width)
    return `${bitsText} is not a prefix length`;
  const network = { address, prefix_bits };
  const hostBits = address.some((word, index) => maskedWord(network, index, word) !== word >>> 0);
  return hostBits ? `${text} has bits beyond the prefix` : network;
}

/** Whether an address lies in a network; versions differ, so it does not. */
export function inNetwork(address: Address, network: Network): boolean {
  if (address.length !== network.address.length) return false;
  return address.every(
    (word, index) => maskedWord(network, index, word) === (network.address[index] ?? 0) >>> 0,
  );
}

function maskedWord(network: Network, index: number, word: number): number {
  const bits = Math.min(32, Math.max(0, network.prefix_bits - index * 32));
  return bits === 0 ? 0 : (word & (-1 << (32 - bits))) >>> 0;
}
