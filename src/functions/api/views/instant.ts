/**
 * Writes an instant for the wire.
 *
 * @param instant - The instant, or null.
 * @returns ISO 8601 in UTC, or null.
 */
export function viewInstant(instant: Date | null): string | null {
  return instant === null ? null : instant.toISOString();
}
