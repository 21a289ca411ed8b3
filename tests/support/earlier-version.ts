import { readFileSync } from "node:fs";
import type { StoredPlan } from "../../src/domain/plan/plan.ts";

/** A version as the release 0.1 stored it: its plan has the first format. Steps: `a`, then `call`; `free`; `run:output`. */
export const EARLIER_VERSION: StoredPlan = JSON.parse(
  readFileSync(`${import.meta.dirname}/earlier-version.json`, "utf8"),
);
