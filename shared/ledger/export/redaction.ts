import { z } from 'zod';

/** What becomes of the fields of bodies in an export; fields that are not named are kept. */
export const redactionSchema = z.strictObject({
  /** Names of fields, at any depth. */
  remove: z.array(z.string()).max(100).default([]),
  /** Fields whose value becomes a pseudonym: the same person, the same pseudonym, within one tenant and purpose. */
  pseudonymise: z.array(z.string()).max(100).default([]),
});

export type Redaction = z.infer<typeof redactionSchema>;

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A body's plaintext with its fields redacted; what was removed is marked, never left out silently. */
export function redactBody(
  plaintext: Buffer,
  redaction: Redaction,
  pseudonym: (name: string) => string,
): Json {
  const redact = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(redact);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => {
        if (redaction.remove.includes(key)) return [key, '[redacted]'];
        if (redaction.pseudonymise.includes(key)) return [key, pseudonym(nameOf(member))];
        return [key, redact(member)];
      }),
    );
  };
  return redact(jsonOf(plaintext.toString()));
}

/** What a pseudonym stands for: a text itself, anything else as JSON. */
export function nameOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The body inside is JSON text itself: its fields are looked at too. */
function jsonOf(text: string): Json {
  const outer = jsonSchema.parse(JSON.parse(text));
  if (typeof outer !== 'object' || outer === null || Array.isArray(outer)) return outer;
  const { body } = outer;
  return typeof body === 'string' ? { ...outer, body: parsedOrText(body) } : outer;
}

function parsedOrText(text: string): Json {
  const parsed = z.string().transform((value, context): Json => {
    try {
      return jsonSchema.parse(JSON.parse(value));
    } catch {
      context.addIssue('not JSON');
      return z.NEVER;
    }
  });
  const { data, success } = parsed.safeParse(text);
  return success ? data : text;
}

const jsonSchema: z.ZodType<Json> = z.lazy(() =>
  z.union([
    z.null(),
    z.boolean(),
    z.number(),
    z.string(),
    z.array(jsonSchema),
    z.record(z.string(), jsonSchema),
  ]),
);
