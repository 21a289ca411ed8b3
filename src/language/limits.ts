/** Most bytes (UTF-8) of a recipe's text: far above any recipe a person reads, far below what parsing would feel. */
export const RECIPE_BYTES_MAX = 256 * 1024;

/** Most levels of nested lists and objects in a recipe. */
export const RECIPE_DEPTH_MAX = 32;

/** Most values that the anchors of a YAML recipe may stand for: aliases repeat what they name. */
export const RECIPE_ALIASES_MAX = 100;

/** Most values (scalars, lists, objects) of a recipe once its aliases are written out. */
export const RECIPE_VALUES_MAX = 50_000;

/** Most problems that one answer reports; a recipe with more is not read to its end by anyone. */
export const ISSUES_MAX = 200;

/** Most steps of a recipe. */
export const STEPS_MAX = 500;

/** Most labels of a recipe. */
export const LABELS_MAX = 32;

/** Most time one attempt may take, in ms: 15 minutes. */
export const ATTEMPT_TIMEOUT_MS_MAX = 15 * 60_000;

/** Time one attempt may take when the recipe does not say, in ms. */
export const ATTEMPT_TIMEOUT_MS_DEFAULT = 30_000;

/** Most time a whole run may take, in ms: a year and a day. */
export const RUN_TIMEOUT_MS_MAX = 366 * 24 * 60 * 60_000;

/** Longest wait between attempts, in ms: a week. */
export const RETRY_DELAY_MS_MAX = 7 * 24 * 60 * 60_000;

/** Most attempts of a step. */
export const ATTEMPTS_MAX = 100;
