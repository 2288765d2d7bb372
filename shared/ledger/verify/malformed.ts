/** What is being verified does not have the form or the signature it must have. The message says what, for a person. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}
