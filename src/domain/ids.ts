declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Identity of a run: a UUIDv7, so ids sort by time; its `rand_a` bits carry the run's shard. */
export type RunId = Branded<"RunId">;

/** Path of a step in its run, as text: `fetch`, `each[3].resize`. `path.ts` reads and makes it. */
export type StepKey = Branded<"StepKey">;

/** The fence of one attempt: every write of that attempt carries it. */
export type LeaseToken = Branded<"LeaseToken">;

/** Identity of a workflow: `^[a-z][a-z0-9_-]{0,62}$`. */
export type WorkflowName = Branded<"WorkflowName">;

/** The number of shards that fit in a run id (12 bits). */
export const SHARDS_MAX = 4096;

const RUN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const STEP_KEY = /^[A-Za-z0-9_:.[\]]{1,400}$/;
const WORKFLOW_NAME = /^[a-z][a-z0-9_-]{0,62}$/;

/**
 * Reads a run id.
 *
 * @param text - Text from a client, a queue message or a row.
 * @returns The id, or null when the text is no run id.
 */
export function parseRunId(text: string): RunId | null {
  return RUN_ID.test(text) ? (text as RunId) : null;
}

/**
 * Reads a step key.
 *
 * @param text - Text from a client, a queue message or a row.
 * @returns The key, or null when the text is no step key.
 */
export function parseStepKey(text: string): StepKey | null {
  return STEP_KEY.test(text) ? (text as StepKey) : null;
}

/**
 * Reads a workflow name.
 *
 * @param text - Text from a client or a recipe.
 * @returns The name, or null when the text is no workflow name.
 */
export function parseWorkflowName(text: string): WorkflowName | null {
  return WORKFLOW_NAME.test(text) ? (text as WorkflowName) : null;
}

/**
 * Makes the lease token of one attempt.
 *
 * @param seed - Random text that is new for each command.
 * @param index - The how-manieth attempt this command begins.
 * @returns A token no other attempt has.
 */
export function leaseTokenOf(seed: string, index: number): LeaseToken {
  return `${seed}.${index}` as LeaseToken;
}

/**
 * Makes a run id (UUIDv7) that carries its shard in the 12 bits after the version.
 *
 * @param now - The instant the run is created.
 * @param shard - The shard that will own the run, 0 to 4095.
 * @param random - At least 8 random bytes.
 * @returns The id.
 */
export function createRunId(now: Date, shard: number, random: Uint8Array): RunId {
  const time = now.getTime().toString(16).padStart(12, "0");
  const tail = Array.from(random.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const variant = (8 + (Number.parseInt(tail.slice(0, 1), 16) % 4)).toString(16);
  const shardHex = shard.toString(16).padStart(3, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${shardHex}-${variant}${tail.slice(1, 4)}-${tail.slice(4, 16)}` as RunId;
}

/**
 * Reads the shard that owns a run out of its id.
 *
 * @param runId - The id of a run.
 * @returns The shard's number.
 */
export function shardOfRun(runId: RunId): number {
  return Number.parseInt(runId.slice(15, 18), 16);
}
