import { z } from "@hono/zod-openapi";
import { AnyJson, INPUT_BYTES_MAX, Nothing, RunIdParam } from "../http/fields.ts";
import { defineOperation } from "../http/operation.ts";

/** Longer than any name that a recipe can give. */
const NAME = /^[A-Za-z0-9_.-]{1,100}$/;

/** The name of a signal in a path. */
export const SignalNameParam = z
  .string()
  .regex(NAME, "a signal's name has letters, digits, `_`, `.` and `-`, at most 100")
  .openapi({ description: "Name of a signal that a step of the workflow waits for." });

/** What became of a signal. */
export const SentSignal = z
  .object({
    status: z
      .enum(["accepted", "replayed"])
      .openapi({ description: "`replayed`: it came before under the same key, and counts once." }),
    runId: z.string().openapi({ format: "uuid" }),
  })
  .openapi("SentSignal");

/** `POST /api/runs/{id}/signals/{name}` */
export const sendSignal = defineOperation({
  id: "sendSignal",
  method: "post",
  path: "/api/runs/{id}/signals/{name}",
  role: "operator",
  summary: "Send a signal to a run; one that no step waits for yet is kept until one does",
  params: z.strictObject({ id: RunIdParam, name: SignalNameParam }),
  query: Nothing,
  headers: [
    {
      name: "Idempotency-Key",
      description: "Signals of one name with one key count once. Without it every call is a signal of its own.",
    },
  ],
  body: {
    kind: "json",
    schema: AnyJson.openapi({ description: "The payload: any JSON; null when there is no body." }),
    bytesMax: INPUT_BYTES_MAX,
    isOptional: true,
    isData: true,
  },
  result: SentSignal,
  successes: { accepted: "The signal is stored: the step that waits for it goes on with it." },
  problems: ["run_not_found", "signal_not_found", "run_state_conflict", "invalid_payload"],
});
