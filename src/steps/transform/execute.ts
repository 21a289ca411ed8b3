import type { Json } from "../../domain/json.ts";
import type { Outcome } from "../../domain/run/outcome.ts";
import { completed } from "../outcomes.ts";

/**
 * Executes one attempt of a `transform` step, or of the implicit `output` step: its value is its template's.
 *
 * @param resolved - The step's `with`, resolved.
 * @returns `completed` with that value; or `failed` as `completed` says. Its input is not recorded: it would repeat the
 *   output.
 */
export function executeTransform(resolved: Json): Outcome {
  return completed(resolved);
}
