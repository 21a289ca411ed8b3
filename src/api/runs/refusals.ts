import type { RunId } from "../../domain/ids.ts";
import type { ValueIssue } from "../../domain/run/command.ts";
import { suggestHint } from "../../language/suggest.ts";
import { type Problem, problem } from "../http/problem.ts";

/**
 * Makes the refusal for a run that does not exist.
 *
 * @param runId - The run.
 * @returns The refusal.
 */
export function noRun(runId: RunId): Problem {
  return problem("run_not_found", `there is no run ${runId}`);
}

/**
 * Makes the refusal for a step that does not exist.
 *
 * @param runId - Its run.
 * @param step - What was asked for.
 * @returns The refusal.
 */
export function noStep(runId: RunId, step: string): Problem {
  return problem("step_not_found", `run ${runId} has no step ${step}; GET /api/runs/${runId} lists its steps`);
}

/**
 * Makes the refusal of an input that does not match the workflow's schema.
 *
 * @param found - What is wrong with it, by JSON Pointers into the input.
 * @returns The refusal.
 */
export function refuseInput(found: readonly ValueIssue[]): Problem {
  const issues = found.map(({ path, message }) => ({ path: `/input${path}`, code: "invalid_input", message }));
  return problem("invalid_input", "the input does not match the workflow's schema; see `issues`", { issues });
}

/**
 * Makes the refusal of a signal that no step waits for.
 *
 * @param name - The signal.
 * @param names - What the steps of the workflow wait for.
 * @returns The refusal.
 */
export function noSignal(name: string, names: readonly string[]): Problem {
  const known = names.length === 0 ? "it waits for none" : suggestHint(name, names).replace(/\?$/, "");
  return problem("signal_not_found", `no step of the workflow waits for a signal \`${name}\`; ${known}`);
}

/**
 * Makes the refusal of a signal's payload.
 *
 * @param found - What is wrong with it, by JSON Pointers.
 * @returns The refusal.
 */
export function refusePayload(found: readonly ValueIssue[]): Problem {
  const issues = found.map(({ path, message }) => ({ path, code: "invalid_payload", message }));
  return problem("invalid_payload", "the payload is not what the signal asks for; see `issues`", { issues });
}
