import { DrizzleQueryError } from "drizzle-orm";
import { UnavailableError } from "../../../domain/errors.ts";
import { mapDatabaseError } from "../client.ts";

/** A request of the API waits this long for PostgreSQL, connecting included, in ms. */
const CALL_TIMEOUT_MS = 10_000;

/**
 * Runs statements of one request under a deadline.
 *
 * @param work - The statements.
 * @returns What they give.
 * @throws UnavailableError when PostgreSQL cannot be reached or does not answer in time.
 */
export async function callDatabase<Value>(work: () => Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new UnavailableError("postgres", `PostgreSQL did not answer within ${CALL_TIMEOUT_MS / 1000} s`));
    }, CALL_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work(), deadline]);
  } catch (error) {
    throw mapDatabaseError(error instanceof DrizzleQueryError ? error.cause : error);
  } finally {
    clearTimeout(timer);
  }
}
