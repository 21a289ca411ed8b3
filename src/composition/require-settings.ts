import { MisconfiguredError } from "../domain/errors.ts";
import type { Env, Settings } from "../env.ts";
import { parseSettings } from "../settings.ts";

/**
 * Gives the settings where there is no client to tell that they are wrong: the API refuses requests before it gets here.
 *
 * @param env - Bindings and variables.
 * @returns The settings.
 * @throws MisconfiguredError that names every variable that is missing or malformed.
 */
export function requireSettings(env: Env): Settings {
  const parsed = parseSettings(env);
  if (!parsed.ok) {
    throw new MisconfiguredError(parsed.problems.map((problem) => problem.message).join("; "));
  }
  return parsed.settings;
}
