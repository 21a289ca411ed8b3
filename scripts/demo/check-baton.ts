import { z } from "zod";
import { describeAnswer, parseJson } from "../stack/api-answer.ts";
import { DEMO_NAMES } from "./demos.ts";
import { EnvironmentError } from "./local-baton.ts";

const REQUEST_TIMEOUT_MS = 5_000;

const healthSchema = z.object({ status: z.string() });

/**
 * Finds out whether the demo can run on a Baton that it did not start.
 *
 * @param url - Its address, without a slash at its end.
 * @param apiKey - The key to use; empty when none was given.
 * @returns Resolves when it answers, the key may start runs and the demo workflows are there. Throws an
 * `EnvironmentError` that says which of it is not so, and the fix.
 */
export async function checkBaton(url: string, apiKey: string): Promise<void> {
  const health = healthSchema.safeParse(parseJson((await call(`${url}/api/health`, {}, url)).text));
  if (!health.success) {
    throw new EnvironmentError(`What answers at ${url} is no Baton: check the address.`);
  }
  if (apiKey === "") {
    throw new EnvironmentError(`BATON_API_KEY is not set: set it to a key of the Baton at ${url}, with role operator.`);
  }
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  // The key is looked at before the body, and this one starts nothing.
  const refusal = await call(`${url}/api/workflows/${DEMO_NAMES[0]}/runs`, { method: "POST", headers, body: "?" }, url);
  if (refusal.status === 401 || refusal.status === 403) {
    throw new EnvironmentError(`The Baton at ${url} refuses BATON_API_KEY: ${describeAnswer(refusal.text)}`);
  }
  const workflow = await call(`${url}/api/workflows/${DEMO_NAMES[0]}`, { headers }, url);
  if (workflow.status === 404) {
    throw new EnvironmentError(
      `The Baton at ${url} does not have the demo workflows: npm start and npm run dev save them.`,
    );
  }
}

async function call(address: string, init: RequestInit, url: string): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(address, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EnvironmentError(`No Baton answers at ${url} (${reason}): start it, or correct the address.`);
  }
}
