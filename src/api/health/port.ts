/** How PostgreSQL is. */
export interface DatabaseState {
  /** When the step that has been due longest became due; null when none is due. */
  readonly oldestDueAt: Date | null;
  /** Whether it takes writes: it may be a standby that replays another's log, or set to be read only. */
  readonly writes: "taken" | "standby" | "read_only";
}

/** What health and metrics ask of PostgreSQL. Every method throws `UnavailableError` when it cannot be reached in time. */
export interface StateReads {
  look(now: Date): Promise<DatabaseState>;
}
