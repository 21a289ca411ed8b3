import type { Json } from "../../domain/json.ts";
import type { WaitNode } from "../../domain/plan/plan.ts";
import type { Outcome } from "../../domain/run/outcome.ts";
import type { WaitRequest } from "../../domain/run/waiting.ts";
import { formatDuration } from "../../language/durations.ts";
import { failed, waiting } from "../outcomes.ts";
import type { StepExecution } from "../step-kind.ts";
import { type Read, readWaitDuration, readWaitInstant, WAIT_MS_MAX } from "./instant.ts";

/**
 * How a `wait` is executed: it finds out what to wait for. `waiting` for a timer or a signal; `failed` with
 * `wait_params`, not retryable, when the instant or the duration is none.
 */
export const WAIT_EXECUTION: StepExecution<WaitNode> = {
  template: ({ with: written }) => {
    switch (written.kind) {
      case "for":
        return written.duration;
      case "until":
        return written.instant;
      case "signal":
        return written.timeout;
    }
  },
  missing: "null",
  execute: async ({ node: { with: written }, resolved }, ports) => {
    const nowMs = ports.now().getTime();
    if (written.kind === "until") {
      return judge({ name: "until", read: readWaitInstant(resolved), nowMs, input: { until: resolved } }, timer);
    }
    const read = fromNow(readWaitDuration(resolved), nowMs);
    if (written.kind === "for") {
      return judge({ name: "for", read, nowMs, input: { for: resolved } }, timer);
    }
    const { name: signal, timeout, schema } = written;
    const forSignal = (until: string | null): WaitRequest => ({ kind: "signal", name: signal, until, schema });
    return timeout === null
      ? waiting(forSignal(null), { signal })
      : judge({ name: "timeout", read, nowMs, input: { signal, timeout: resolved } }, forSignal);
  },
};

function timer(until: string): WaitRequest {
  return { kind: "timer", until };
}

function fromNow(read: Read, nowMs: number): Read {
  return read.ok ? { ok: true, ms: nowMs + read.ms } : read;
}

interface Judged {
  /** The parameter. */
  readonly name: string;
  readonly read: Read;
  readonly nowMs: number;
  /** What is recorded. */
  readonly input: Json;
}

function judge({ name, read, nowMs, input }: Judged, waitFor: (until: string) => WaitRequest): Outcome {
  if (!read.ok) {
    return failed("wait_params", `\`${name}\`: ${read.message}: ${read.hint}`, { input });
  }
  if (read.ms > nowMs + WAIT_MS_MAX) {
    const message = `\`${name}\` is more than ${formatDuration(WAIT_MS_MAX)} ahead: wait for an earlier instant`;
    return failed("wait_params", message, { input });
  }
  return waiting(waitFor(new Date(read.ms).toISOString()), input);
}
