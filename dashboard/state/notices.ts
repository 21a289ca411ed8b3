import { signal } from "@preact/signals";

/** A short message about what the person just did. */
export interface Notice {
  readonly id: number;
  readonly kind: "info" | "error";
  readonly text: string;
}

const INFO_SHOWN_MS = 6_000;
const NOTICES_MAX = 5;
/** Answers of the API can be long, and a message must leave room for its button. */
const TEXT_LENGTH_MAX = 600;

/** The messages on screen, the latest last. */
export const notices = signal<readonly Notice[]>([]);

let lastId = 0;

/**
 * Shows a message. Errors stay until they are dismissed.
 *
 * @param kind - Whether something went wrong.
 * @param text - What to say; cut after 600 characters.
 */
export function notify(kind: Notice["kind"], text: string): void {
  lastId += 1;
  const id = lastId;
  const shown = text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}…` : text;
  notices.value = [...notices.value, { id, kind, text: shown }].slice(-NOTICES_MAX);
  if (kind === "info") setTimeout(() => dismissNotice(id), INFO_SHOWN_MS);
}

/**
 * Takes a message away.
 *
 * @param id - The message.
 */
export function dismissNotice(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}
