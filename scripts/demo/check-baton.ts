import { z } from "zod";
import { DEMO_NAMES } from "./demos.ts";
import { EnvironmentError } from "./local-baton.ts";

const REQUEST_TIMEOUT_MS = 5_000;

const healthSchema = z.object({ status: z.string() });
const problemSchema = z.object({ detail: z.string() });

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

/**
 * Gives what an answer of the API says to people.
 *
 * @param text - The body.
 * @returns The detail of a problem, else the beginning of the body.
 */
export function describeAnswer(text: string): string {
  const problem = problemSchema.safeParse(parseJson(text));
  return problem.success ? problem.data.detail : text.slice(0, 500);
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
