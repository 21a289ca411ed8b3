import { z } from "zod";
import { migrateDatabase } from "../stack/migrate.ts";
import type { DevSettings, WorkerVars } from "./settings.ts";

const REQUEST_TIMEOUT_MS = 5_000;
const FIX = `Start both with: docker compose up -d --wait
Without Docker: npm start runs everything by itself, or name servers of yours in`;

const failureSchema = z.object({ code: z.string(), message: z.string().default("") });

/**
 * Brings PostgreSQL to the newest migration and asks Redis whether it answers.
 *
 * @param settings - Name the two services.
 * @returns Nothing when both are ready; else what is wrong with each, and the fix, in lines for people.
 */
export async function prepareServices(settings: DevSettings): Promise<string | null> {
  const problems = await Promise.all([preparePostgres(settings), askRedis(settings)]);
  const found = problems.filter((problem) => problem !== null);
  return found.length === 0 ? null : [...found, `${FIX} ${settings.varsPath}.`].join("\n");
}

async function preparePostgres({ vars, exampleVars }: DevSettings): Promise<string | null> {
  const name = "DATABASE_URL";
  const address = addressOf(vars, name);
  if (address === null) {
    return `${name} is no address of a PostgreSQL.`;
  }
  try {
    await migrateDatabase(vars[name] ?? "");
    return null;
  } catch (error) {
    return `PostgreSQL at ${address} (${name}): ${reasonOf(error)}.${differsFrom(exampleVars, name, address)}`;
  }
}

async function askRedis({ vars, exampleVars }: DevSettings): Promise<string | null> {
  const name = "UPSTASH_REDIS_REST_URL";
  const address = addressOf(vars, name);
  if (address === null) {
    return `${name} is no address of a Redis over REST.`;
  }
  try {
    const response = await fetch(vars[name] ?? "", {
      method: "POST",
      headers: {
        authorization: `Bearer ${vars["UPSTASH_REDIS_REST_TOKEN"] ?? ""}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(["PING"]),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const answer = await response.text();
    return response.ok ? null : `Redis at ${address} (${name}) answers ${response.status}: ${answer.slice(0, 200)}`;
  } catch (error) {
    return `Redis at ${address} (${name}): ${reasonOf(error)}.${differsFrom(exampleVars, name, address)}`;
  }
}

/** Host and port, without the login. */
function addressOf(vars: WorkerVars, name: string): string | null {
  const value = vars[name] ?? "";
  return URL.canParse(value) ? `${new URL(value).host}${new URL(value).pathname.replace(/\/$/u, "")}` : null;
}

/** The port in the example has changed before: an old copy of it points nowhere. */
function differsFrom(exampleVars: WorkerVars, name: string, address: string): string {
  const example = addressOf(exampleVars, name);
  return example === null || example === address ? "" : ` docker-compose.yml serves it at ${example}.`;
}

function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const failure = failureSchema.safeParse(inner);
  if (!failure.success) {
    return inner instanceof Error ? inner.message : String(inner);
  }
  const { code, message } = failure.data;
  return code === "ECONNREFUSED" ? "nothing listens there" : `${message} (${code})`;
}
