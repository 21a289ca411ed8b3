/** Most bytes of the JSON that a step may leave as its output: 1 MiB, what one row and one later expression can carry. */
export const OUTPUT_BYTES_MAX = 1_048_576;

/** Most characters of an error message. */
export const MESSAGE_LENGTH_MAX = 2_000;

/** How long a step may take to say what it was doing when its deadline passed. */
export const DEADLINE_GRACE_MS = 100;
