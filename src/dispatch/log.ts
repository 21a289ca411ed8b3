/** Fields of a log line. Never payloads. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** Where structured log lines go. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
}
