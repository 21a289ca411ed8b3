import { z } from "@hono/zod-openapi";

/** Every refusal, as RFC 9457 has it. */
export const ProblemBody = z
  .object({
    type: z.string().openapi({ description: "Where the reference explains `code`." }),
    title: z.string(),
    status: z.int(),
    detail: z.string().openapi({ description: "What is wrong here, and what to do." }),
    code: z.string().openapi({ description: "Stable name, for programs." }),
    requestId: z.string().openapi({ description: "Names the request in the log." }),
    issues: z
      .array(
        z.object({
          path: z.string(),
          code: z.string(),
          message: z.string(),
          hint: z.string().nullable().optional(),
          line: z.int().optional(),
          column: z.int().optional(),
        }),
      )
      .optional()
      .openapi({ description: "Every single thing that is wrong with the request." }),
  })
  .openapi("Problem");
