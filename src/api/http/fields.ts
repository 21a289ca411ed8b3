import { z } from "@hono/zod-openapi";
import { parseRunId, parseStepKey, parseWorkflowName } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";

/** Most rows of a page. */
const PAGE_LIMIT_MAX = 200;

const PAGE_LIMIT_DEFAULT = 50;

/** Most bytes of a run's input as it arrives. */
export const INPUT_BYTES_MAX = 256 * 1024;

/** Most bytes of a body that carries no payload. */
export const SMALL_BODY_BYTES_MAX = 16 * 1024;

/** The largest number of a column in PostgreSQL that counts. */
export const INTEGER_MAX = 2_147_483_647;

/** An object without members, for operations that take no parameters. */
export const Nothing = z.strictObject({});

/** How many there are of something. */
export const Count = z.int().min(0);

/** An instant on the wire. */
export const Instant = z.string().openapi({ format: "date-time", example: "2026-07-01T12:00:00.000Z" });

/**
 * Writes an instant for the wire.
 *
 * @param instant - The instant, or null.
 * @returns ISO 8601 in UTC, or null.
 */
export function viewInstant(instant: Date | null): string | null {
  return instant === null ? null : instant.toISOString();
}

/**
 * Any JSON value. What is sent has passed the JSON parser, so there is nothing left to check. The schema names no type:
 * one that lists them all would have to say what a list holds, and generators would make something of it.
 */
export const AnyJson = z
  .unknown()
  .refine((value) => value !== undefined)
  .pipe(z.custom<Json>(() => true))
  .openapi({ description: "Any JSON value." });

/** A run id in a path. */
export const RunIdParam = z
  .string()
  .transform((text, context) => parseRunId(text) ?? refuse(context, "a run id is a UUID as `POST .../runs` gives it"))
  .openapi({ type: "string", format: "uuid", description: "Id of a run." });

/** A workflow name in a path or query. */
export const WorkflowNameParam = z
  .string()
  .transform(
    (text, context) => parseWorkflowName(text) ?? refuse(context, "a workflow name matches ^[a-z][a-z0-9_-]{0,62}$"),
  )
  .openapi({ type: "string", pattern: "^[a-z][a-z0-9_-]{0,62}$", description: "Name of a workflow." });

/** A step key in a path. */
export const StepKeyParam = z
  .string()
  .transform(
    (text, context) => parseStepKey(text) ?? refuse(context, "a step key is the `key` of one of the run's steps"),
  )
  .openapi({ type: "string", description: "Key of a step: its path in the run." });

/** How many rows a page has. */
export const LimitParam = z
  .string()
  .regex(/^\d{1,6}$/, "`limit` is a whole number")
  .transform(Number)
  .refine((limit) => limit >= 1 && limit <= PAGE_LIMIT_MAX, `\`limit\` is from 1 to ${PAGE_LIMIT_MAX}`)
  .default(PAGE_LIMIT_DEFAULT)
  .openapi({ type: "integer", minimum: 1, maximum: PAGE_LIMIT_MAX, default: PAGE_LIMIT_DEFAULT });

/** Where the page before ended. */
export const CursorParam = z.string().max(400).optional().openapi({ description: "`nextCursor` of the page before." });

/** Text that PostgreSQL can store: without NUL. */
export const PlainText = z.string().regex(/^[^\0]*$/, "NUL characters cannot be stored; remove them");

/** Labels of a run, by name. */
export const Labels = z
  .record(
    z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9_./-]{0,62}$/,
        "a label's name has letters, digits, `_`, `.`, `/` and `-`, at most 63",
      ),
    PlainText.max(256, "a label's value has at most 256 characters"),
  )
  .refine((labels) => Object.keys(labels).length <= 32, "a run has at most 32 labels")
  .openapi({ description: "Text by name; runs can be found by them." });

/**
 * Makes the schema of a page of a list.
 *
 * @param item - One row.
 * @returns The page.
 */
export function pageOf<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ items: z.ZodArray<Item>; nextCursor: z.ZodNullable<z.ZodString> }> {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().openapi({ description: "Asks for the next page; null on the last." }),
  });
}

function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: "custom", message });
  return z.NEVER;
}
