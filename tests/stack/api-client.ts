import { z } from "zod";
import { AuditEvent } from "../../src/api/events/contract.ts";
import { Run, StartedRun } from "../../src/api/runs/shapes.ts";
import { StepDetail } from "../../src/api/steps/contract.ts";
import type { Json, JsonObject } from "../../src/domain/json.ts";

const REQUEST_TIMEOUT_MS = 35_000;
const EVENTS_PAGE = 200;

/**
 * A connection for each call. workerd closes one that idles for 5 s without a word (docs/adr/0012), and a client on a busy
 * machine would use it a moment too long.
 */
export const ONE_CALL = { connection: "close" } as const;

/** An answer of the API, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** As parsed; null when there is none. */
  readonly body: unknown;
}

/** How to start a run. */
export interface StartOptions {
  readonly input?: Json;
  readonly labels?: Readonly<Record<string, string>>;
  readonly version?: number;
  readonly idempotencyKey?: string;
  /** Such as `10s`. */
  readonly wait?: string;
}

const eventPage = z.object({ items: z.array(AuditEvent) });

/** The HTTP API as tests call it. Every shape is checked against the contract. */
export class ApiClient {
  readonly #url: string;
  readonly #apiKey: string;

  /**
   * @param url - Address of the Worker.
   * @param apiKey - Its key.
   */
  constructor(url: string, apiKey: string) {
    this.#url = url;
    this.#apiKey = apiKey;
  }

  /** Calls the API; rejects only when there is no answer. */
  async call(
    method: string,
    path: string,
    body?: Json,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { ...ONE_CALL, authorization: `Bearer ${this.#apiKey}`, "content-type": "application/json", ...headers },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? null : parseJson(text) };
  }

  /** Saves a recipe; rejects with the API's answer when it refuses it. */
  async save(recipe: JsonObject): Promise<void> {
    accepted(await this.call("POST", "/api/workflows", recipe));
  }

  /** Asks to start a run, whatever the answer. */
  async tryStart(workflow: string, { wait, idempotencyKey, ...body }: StartOptions = {}): Promise<Answer> {
    const query = wait === undefined ? "" : `?wait=${wait}`;
    const headers = idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey };
    return this.call("POST", `/api/workflows/${workflow}/runs${query}`, { ...body }, headers);
  }

  /** Starts a run. */
  async start(workflow: string, options: StartOptions = {}): Promise<z.output<typeof StartedRun>> {
    return StartedRun.parse(accepted(await this.tryStart(workflow, options)));
  }

  /** Starts a run and waits for its end, at most 20 s. */
  async runToEnd(workflow: string, input?: Json): Promise<z.output<typeof Run>> {
    const { id } = await this.start(workflow, { wait: "20s", ...(input === undefined ? {} : { input }) });
    return this.run(id);
  }

  async run(id: string): Promise<z.output<typeof Run>> {
    return Run.parse(accepted(await this.call("GET", `/api/runs/${id}`)));
  }

  async step(id: string, key: string): Promise<z.output<typeof StepDetail>> {
    return StepDetail.parse(accepted(await this.call("GET", `/api/runs/${id}/steps/${key}`)));
  }

  /** The first 200 events of a run. */
  async events(id: string): Promise<readonly z.output<typeof AuditEvent>[]> {
    return eventPage.parse(accepted(await this.call("GET", `/api/runs/${id}/events?limit=${EVENTS_PAGE}`))).items;
  }

  /** Asks to change a run, whatever the answer. */
  async tryOperate(id: string, operation: Operation, body: Json = {}): Promise<Answer> {
    return this.call("POST", `/api/runs/${id}/${operation}`, body);
  }

  /** Changes a run. */
  async operate(id: string, operation: Operation, body: Json = {}): Promise<z.output<typeof Run>> {
    return Run.parse(accepted(await this.tryOperate(id, operation, body)));
  }
}

type Operation = "cancel" | "pause" | "resume" | "retry";

function accepted({ status, body }: Answer): unknown {
  if (status >= 300) throw new Error(`the API answered ${status}: ${JSON.stringify(body).slice(0, 500)}`);
  return body;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
