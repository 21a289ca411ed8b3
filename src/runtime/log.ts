import { BatonError } from "../domain/errors.ts";

/** Fields of a log line. Never payloads. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** Where structured log lines go. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/**
 * Describes an exception for the log. What other libraries write into their messages may quote values, so of those
 * only the name and the code are shown.
 *
 * @param error - What was thrown.
 * @returns One line.
 */
export function describeError(error: unknown): string {
  if (error instanceof BatonError) {
    const cause = error.cause === undefined ? "" : ` (${describeError(error.cause)})`;
    return `${error.code}: ${error.message}${cause}`;
  }
  if (error instanceof Error) {
    return "code" in error ? `${error.name} ${String(error.code)}` : error.name;
  }
  return typeof error;
}
