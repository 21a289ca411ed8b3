/**
 * Fuel of one template. A unit pays for a node that is evaluated, or for about as much work elsewhere: a few entries
 * copied, some tens of characters written. A map over 100 items that builds an object uses 1,000.
 */
export const FUEL_DEFAULT = 1_500_000;

/** Memory that one template may take while it is evaluated, in bytes: all that its expressions make, counted once made. */
export const MEMORY_BYTES_MAX = 64 * 1024 * 1024;

/** Longest expression, in characters. */
export const SOURCE_LENGTH_MAX = 10_000;

/** Longest text that an expression may make or search, in characters. */
export const TEXT_LENGTH_MAX = 1024 * 1024;

/** Longest list that an expression may make; lists of the input that are only passed on may be longer. */
export const LIST_LENGTH_MAX = 250_000;

/** Levels of the stack that may be open at one time, of some 150 bytes each: a recursion opens about ten each time. */
export const OPEN_LEVELS_MAX = 4000;

/** Most levels of nested lists and objects in a result. */
export const RESULT_DEPTH_MAX = 64;

/** Most levels of nested lists and objects while evaluating. */
export const VALUE_DEPTH_MAX = 200;

/** Size of a template's results together, in characters of JSON. */
export const RESULT_LENGTH_MAX = 1024 * 1024;

/** Memory that the texts with expressions take that are kept compiled per isolate, in bytes, and the conditions as much. */
export const CACHED_BYTES_MAX = 12 * 1024 * 1024;
