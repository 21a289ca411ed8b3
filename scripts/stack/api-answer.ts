import { z } from "zod";

const problemSchema = z.object({
  detail: z.string(),
  issues: z.array(z.object({ message: z.string() })).default([]),
});

/**
 * Gives what a refusal of the API says to people.
 *
 * @param text - The body of the answer.
 * @returns The detail and issues of a problem, else the beginning of the body.
 */
export function describeAnswer(text: string): string {
  const parsed = problemSchema.safeParse(parseJson(text));
  return parsed.success
    ? [parsed.data.detail, ...parsed.data.issues.map(({ message }) => message)].join("; ")
    : text.slice(0, 500);
}

/**
 * Parses JSON that may be none.
 *
 * @param text - The text.
 * @returns The value, or null.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
