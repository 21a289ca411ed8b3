import { z } from "zod";
import type { Event } from "../../src/domain/run/event.ts";
import { describeAnswer } from "../stack/api-answer.ts";

const REQUEST_TIMEOUT_MS = 10_000;
/** How long a request is repeated while nothing answers: longer than a restart of the runtime takes. */
const REPEAT_MS = 30_000;
const REPEAT_DELAY_MS = 100;
const EVENTS_LIMIT = 100;

const errorSchema = z.object({
  message: z.string(),
  step: z
    .string()
    .nullish()
    .transform((step) => step ?? null),
});

const stepSchema = z.object({
  key: z.string(),
  status: z.string(),
  attempt: z.number(),
  maxAttempts: z.number(),
  startedAt: z.string().nullish(),
  endedAt: z.string().nullish(),
  nextRetryAt: z.string().nullish(),
});

const runSchema = z.object({
  id: z.string(),
  workflow: z.string(),
  status: z.string(),
  seq: z.number(),
  createdAt: z.string(),
  endedAt: z
    .string()
    .nullish()
    .transform((endedAt) => endedAt ?? null),
  error: errorSchema.nullish().transform((error) => error ?? null),
  output: z.unknown(),
  steps: z.array(stepSchema),
});

const eventShape = z.object({
  seq: z.number(),
  at: z.date(),
  type: z.string(),
  step: z.string().nullable(),
  attempt: z.number().nullable(),
  data: z.record(z.string(), z.unknown()),
  hash: z.string(),
});

/** What the demo shows is checked here; the rest by the check of the audit log, which any other shape fails. */
const eventSchema = z.preprocess(
  withInstant,
  z.custom<Event>((value) => eventShape.safeParse(value).success, "an event has another shape than expected"),
);

const startedSchema = z.object({ id: z.string() });
const eventsSchema = z.object({ items: z.array(eventSchema) });

/** A step of a run, as far as the demo shows it. */
export type StepView = z.infer<typeof stepSchema>;

/** A run with its steps, as far as the demo shows it. */
export type RunView = z.infer<typeof runSchema>;

/** An entry of a run's audit log. */
export type EventView = Event;

/** A started run; `replayed` when the API found an older start with the same key. */
export interface StartedRun {
  readonly id: string;
  readonly replayed: boolean;
}

/** Talks to the API of a Baton. It repeats requests while the runtime restarts; all of them may be repeated. */
export class ApiClient {
  readonly url: string;
  readonly #apiKey: string;

  /**
   * @param url - Address of the API, without a slash at its end.
   * @param apiKey - An API key with the role operator.
   */
  constructor(url: string, apiKey: string) {
    this.url = url;
    this.#apiKey = apiKey;
  }

  /**
   * Starts a run.
   *
   * @param workflow - The workflow's name.
   * @param input - The run's input.
   * @param idempotencyKey - Starts with the same key give the same run.
   * @returns The run.
   */
  async startRun(workflow: string, input: unknown, idempotencyKey: string): Promise<StartedRun> {
    const response = await this.#request(`/api/workflows/${workflow}/runs`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
      body: JSON.stringify({ input }),
    });
    const replayed = response.headers.get("idempotent-replayed") === "true";
    return { id: startedSchema.parse(await response.json()).id, replayed };
  }

  /**
   * Reads a run with its steps.
   *
   * @param id - The run's id.
   * @returns The run as it is now.
   */
  async readRun(id: string): Promise<RunView> {
    return runSchema.parse(await (await this.#request(`/api/runs/${id}`)).json());
  }

  /**
   * Reads the next events of a run.
   *
   * @param id - The run's id.
   * @param after - The last seq that is known.
   * @returns Up to 100 events, in order.
   */
  async readEvents(id: string, after: number): Promise<readonly EventView[]> {
    const response = await this.#request(`/api/runs/${id}/events?after=${after}&limit=${EVENTS_LIMIT}`);
    return eventsSchema.parse(await response.json()).items;
  }

  async #request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...Object.fromEntries(new Headers(init.headers)), authorization: `Bearer ${this.#apiKey}` };
    const end = performance.now() + REPEAT_MS;
    for (;;) {
      const response = await fetchOrNull(this.url + path, { ...init, headers });
      if (response?.ok === true) {
        return response;
      }
      const isAway = response === null || response.status === 503;
      if (!isAway || performance.now() > end) {
        throw await failure(path, response);
      }
      await new Promise((resolve) => setTimeout(resolve, REPEAT_DELAY_MS));
    }
  }
}

async function fetchOrNull(url: string, init: RequestInit): Promise<Response | null> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  } catch {
    return null;
  }
}

async function failure(path: string, response: Response | null): Promise<Error> {
  if (response === null) {
    return new Error(`The API did not answer ${path} within ${REPEAT_MS / 1000} s.`);
  }
  return new Error(`The API answered ${path} with ${response.status}: ${describeAnswer(await response.text())}`);
}

function withInstant(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("at" in value) || typeof value.at !== "string") {
    return value;
  }
  return { ...value, at: new Date(value.at) };
}
