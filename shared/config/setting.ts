import type { ZodType } from 'zod';

/** One setting of a service: where it comes from, what it must be, what it means. */
export interface Setting<Value> {
  /** Environment variable. A secret may also come from the file that `<variable>_FILE` names. */
  readonly variable: string;
  /** Reads the variable's text (or undefined); gives the default. */
  readonly schema: ZodType<Value>;
  readonly description: string;
  /** Printed as `[redacted]`. */
  readonly secret?: boolean;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** The values of a set of settings. */
export type ConfigOf<Declared extends Settings> = {
  readonly [Name in keyof Declared]: Declared[Name] extends Setting<infer Value> ? Value : never;
};
