/** The lower-case letter of each ASCII character; every other character is itself. */
export const asciiLower: Uint8Array = Uint8Array.from({ length: 128 }, (_, unit) =>
  unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit,
);

/** The highest ASCII character. */
export const ascii_max = 0x7f;

/**
 * Finds texts, which are folded, within another; calls back with the number of each that it finds, possibly more than
 * once. ASCII needs no folding: letters of either case are taken for each other.
 *
 * @param folded whether the text is folded already.
 * @returns false when the text is not folded and must be, because it is not ASCII: the same again with `fold(text)`.
 */
export type LiteralScanner = (text: string, folded: boolean, found: (number: number) => void) => boolean;

export function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > ascii_max) return false;
  return true;
}
