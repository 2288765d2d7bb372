import { type ErrorCode, errorCodes } from './codes.ts';

/** Facts that help to find the cause; bounded by the caller, never secrets. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | undefined>>;

/** An error that Breakwater knows: it has a code, says whether a retry helps and what the operator should do. */
export class BreakwaterError extends Error {
  readonly code: ErrorCode;
  readonly retriable: boolean;
  readonly action: string;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'BreakwaterError';
    this.code = code;
    this.retriable = errorCodes[code].retriable;
    this.action = errorCodes[code].action;
    this.details = details;
  }
}

/** What an error says, of whatever kind it is. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** True for an error that may go away by itself; anything that is not ours is not known to, and must crash. */
export function isRetriable(error: unknown): boolean {
  return error instanceof BreakwaterError && error.retriable;
}
