/**
 * Fuel of one template: about one unit for each node that JSONata evaluates. A map over 100 items that builds an object
 * uses 2,000; the dearest 50,000 units that were found take 200 ms in workerd on one core of the machine measured on.
 */
export const FUEL_DEFAULT = 50_000;

/** Longest expression, in characters. */
export const SOURCE_LENGTH_MAX = 10_000;

/** Longest text that an expression may make or search with a regular expression, in characters. */
export const TEXT_LENGTH_MAX = 1024 * 1024;

/** Longest list that an expression may make; lists of the input that are only passed on may be longer. */
export const SEQUENCE_LENGTH_MAX = 10_000;

/** Nodes that may be in evaluation at one time. A recursion opens about six for each level. */
export const OPEN_NODES_MAX = 5000;

/** Most values in one value that an expression makes, counted as often as they are reached. */
export const VALUES_MAX = 250_000;

/** Most characters in one value that an expression makes, counted as often as they are reached. */
export const CHARACTERS_MAX = 16 * 1024 * 1024;

/** Most levels of nested lists and objects in a result. */
export const RESULT_DEPTH_MAX = 64;

/** Most levels of nested lists and objects while evaluating. */
export const VALUE_DEPTH_MAX = 200;

/** Size of a template's results together, in characters of JSON. */
export const RESULT_LENGTH_MAX = 1024 * 1024;

/** Longest picture of `$formatNumber`, `$formatInteger` and `$fromMillis`, in characters. */
export const PICTURE_LENGTH_MAX = 256;

/** Longest text that a regular expression may search, in characters. */
export const SEARCHED_LENGTH_MAX = 64 * 1024;

/** Texts with expressions that are kept parsed and compiled per isolate: at most this many ... */
export const CACHED_TEXTS_MAX = 1000;

/** ... and at most this many characters of them. */
export const CACHED_CHARACTERS_MAX = 1024 * 1024;
