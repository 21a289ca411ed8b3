import { z } from "zod";
import { isJsonObject } from "../../domain/json.ts";
import type { HttpNode } from "../../domain/plan/plan.ts";
import { EXPRESSION_NOTE, expressionText } from "../../language/schema-parts.ts";
import type { StepDefinition } from "../step-kind.ts";

const scalar = [z.string(), z.number(), z.boolean(), z.null()] as const;
const scalarOrList = z.union([...scalar, z.array(z.union(scalar))]);
const statusHint = "use statuses such as 200, classes such as `2xx`, or a list of them";
const statusNumber = z
  .int()
  .refine((value) => value >= 100 && value <= 599, { error: statusHint })
  .meta({ minimum: 100, maximum: 599 });
const status = z.union([statusNumber, z.string().regex(/^[1-5](?:xx|XX|\d\d)$|\$\{\{/)]);

const parameters = z
  .strictObject({
    method: z
      .union([z.string().regex(/^(?:GET|POST|PUT|PATCH|DELETE|HEAD)$/i), expressionText], {
        error: "use GET, POST, PUT, PATCH, DELETE or HEAD",
      })
      .optional()
      .describe("GET (default), POST, PUT, PATCH, DELETE or HEAD."),
    url: z.string().min(1).describe(`Address to call, http or https. ${EXPRESSION_NOTE}`),
    query: z
      .union([z.record(z.string(), scalarOrList), expressionText], { error: "use an object of names and values" })
      .optional()
      .describe("Added to the URL. A missing value leaves its name out."),
    headers: z
      .union([z.record(z.string(), z.union(scalar)), expressionText], {
        error: "use an object of names and values",
      })
      .optional()
      .describe("Request headers. A missing value leaves its name out."),
    body: z
      .unknown()
      .optional()
      .describe(`Request body: an object or list is sent as JSON, text as it is. ${EXPRESSION_NOTE}`),
    expect: z
      .union([status, z.array(status).min(1).max(50)], {
        error: statusHint,
      })
      .optional()
      .describe("Statuses that count as success, such as 200 or 2xx. Default 2xx."),
    response: z
      .union([z.enum(["auto", "json", "text"]), expressionText], { error: "use auto, json or text" })
      .optional()
      .describe("How to read the answer. Default auto: by its content type."),
  })
  .describe("Parameters of the call.");

/** Calls an HTTP API. */
export const HTTP: StepDefinition<HttpNode> = {
  description: "Calls an HTTP API. Output: { status, headers, body }.",
  parameters: () => parameters,
  parameterNames: Object.keys(parameters.shape),
  evaluated: null,
  holdsBlock: false,
  allowsSecrets: true,
  outsideParts: () => [{ name: "body", mayBeNull: false }],
  check: () => [],
  compile: (written) => ({ type: "http", with: isJsonObject(written) ? written : {} }),
};
