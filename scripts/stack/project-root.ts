import { resolve } from "node:path";

/** The folder of the checkout, absolute, without a slash at its end. */
export const PROJECT_ROOT = resolve(import.meta.dirname, "../..");
