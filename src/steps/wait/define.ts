import { z } from "zod";
import { canonicalJson } from "../../domain/audit/chain.ts";
import { isJsonObject, type Json, type JsonObject } from "../../domain/json.ts";
import type { WaitNode, WaitParameters } from "../../domain/plan/plan.ts";
import { checkInputSchema, SchemaWork } from "../../language/input-schema-check.ts";
import type { Finding } from "../../language/recipe-issue.ts";
import { EXPRESSION_NOTE, textMatching } from "../../language/schema-parts.ts";
import type { StepDefinition, StepUse } from "../step-kind.ts";
import { type Read, readWaitDuration, readWaitInstant } from "./instant.ts";

const EXAMPLES = ["30s", "24h", "7d"];

const KINDS = ["for", "until", "signal"];

const parameters = z
  .strictObject({
    for: z
      .string()
      .optional()
      .meta({ description: `How long to wait. ${EXPRESSION_NOTE}`, examples: EXAMPLES }),
    until: z
      .string()
      .optional()
      .meta({
        description: `The instant to wait for, in ISO 8601; an expression may give epoch milliseconds. ${EXPRESSION_NOTE}`,
        examples: ["2026-12-24T18:00:00Z"],
      }),
    signal: textMatching({
      pattern: "^[a-z][a-zA-Z0-9_-]{0,62}$",
      description: "Name of the signal to wait for.",
      code: "wrong_value",
      explain: (value) =>
        value.includes("${{")
          ? "write the name itself: which signals a workflow waits for is known before it runs"
          : "use letters, digits, `_` and `-`, at most 63, starting with a lower-case letter",
    }).optional(),
    timeout: z
      .string()
      .optional()
      .meta({
        description: `How long to wait for the signal. Default: for ever. ${EXPRESSION_NOTE}`,
        examples: EXAMPLES,
      }),
    schema: z.looseObject({}).optional().describe("JSON Schema (2020-12) of the signal's payload."),
  })
  .meta({ description: "One of `for`, `until` and `signal`.", oneOf: KINDS.map((name) => ({ required: [name] })) });

/** Waits for a time, an instant or a signal. */
export const WAIT: StepDefinition<WaitNode> = {
  description: "Waits for a time, an instant or a signal. Output: { payload, by, timedOut }.",
  parameters: () => parameters,
  parameterNames: Object.keys(parameters.shape),
  evaluated: ["for", "until", "timeout"],
  holdsBlock: false,
  allowsSecrets: false,
  // Without a signal in time there is no payload.
  outsideParts: (written) => [{ name: "payload", mayBeNull: isJsonObject(written) && "timeout" in written }],
  check: (uses) => {
    const work = new SchemaWork();
    return [...uses.flatMap((use) => checkUse(use, work)), ...checkSchemasAgree(uses)];
  },
  compile: (written) => ({ type: "wait", with: readParameters(isJsonObject(written) ? written : {}) }),
};

/**
 * Tells how long a wait can take.
 *
 * @param node - The step.
 * @returns Milliseconds; null when an expression, an instant or somebody outside decides.
 */
export function longestWaitMs({ with: written }: WaitNode): number | null {
  const text = written.kind === "for" ? written.duration : written.kind === "signal" ? written.timeout : null;
  const read = text === null ? null : readWaitDuration(text);
  return read?.ok === true ? read.ms : null;
}

function readParameters(written: JsonObject): WaitParameters {
  const { for: duration, until, signal, timeout, schema } = written;
  if (typeof signal === "string") {
    return {
      kind: "signal",
      name: signal,
      timeout: typeof timeout === "string" ? timeout : null,
      schema: isJsonObject(schema) ? schema : null,
    };
  }
  return typeof until === "string"
    ? { kind: "until", instant: until }
    : { kind: "for", duration: typeof duration === "string" ? duration : "" };
}

function checkUse({ parameters: written, path }: StepUse, work: SchemaWork): readonly Finding[] {
  if (!isJsonObject(written)) {
    return [];
  }
  const [first, ...others] = KINDS.filter((name) => name in written);
  if (first === undefined) {
    if (Object.keys(written).some((name) => !(name in parameters.shape))) {
      // Most likely one of the three, mistyped: that is said already.
      return [];
    }
    const message = "`with` does not say what to wait for";
    return [{ code: "missing_key", path, message, hint: "give it one of `for`, `until` and `signal`" }];
  }
  const tooMany = others.map((name): Finding => {
    const message = `a step waits for one thing, not for \`${first}\` and \`${name}\``;
    return { code: "wrong_value", path: [...path, name], onKey: true, message, hint: "make two steps of it" };
  });
  return [
    ...tooMany,
    ...("signal" in written ? [] : findSignalParts(written, path)),
    ...checkLiteral("bad_duration", written["for"], [...path, "for"], readWaitDuration),
    ...checkLiteral("wrong_value", written["until"], [...path, "until"], readWaitInstant),
    ...checkLiteral("bad_duration", written["timeout"], [...path, "timeout"], readWaitDuration),
    ...checkInputSchema(written["schema"], [...path, "schema"], { name: "payload schema", work }),
  ];
}

/** What an expression gives is looked at when it is evaluated. */
function checkLiteral(
  code: "bad_duration" | "wrong_value",
  written: Json | undefined,
  path: Finding["path"],
  read: (value: Json) => Read,
): readonly Finding[] {
  const result = typeof written === "string" && !written.includes("${{") ? read(written) : null;
  return result === null || result.ok ? [] : [{ code, path, message: result.message, hint: result.hint }];
}

function findSignalParts(written: JsonObject, path: Finding["path"]): readonly Finding[] {
  return ["timeout", "schema"]
    .filter((name) => name in written)
    .map((name) => {
      const message = `\`${name}\` is for a step that waits for a \`signal\``;
      return { code: "wrong_value", path: [...path, name], onKey: true, message, hint: "remove it" };
    });
}

/** A payload is checked when it is sent, before it is known which of the steps will take it. */
function checkSchemasAgree(uses: readonly StepUse[]): readonly Finding[] {
  const known = new Map<string, string>();
  return uses.flatMap(({ parameters: written, path }): readonly Finding[] => {
    const { signal, schema = null } = isJsonObject(written) ? written : {};
    if (typeof signal !== "string") {
      return [];
    }
    const text = canonicalJson(schema);
    const first = known.get(signal) ?? text;
    known.set(signal, first);
    if (first === text) {
      return [];
    }
    const message = `another step waits for \`${signal.slice(0, 80)}\` with another \`schema\``;
    const hint = "give both the same schema, or the signals different names";
    return [{ code: "wrong_value", path: [...path, "signal"], message, hint }];
  });
}
