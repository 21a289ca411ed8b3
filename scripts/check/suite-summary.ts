import { z } from "zod";

const NamedTest = z.object({ name: z.string(), note: z.string().nullable() });

/** The form in which the reporter of vitest hands what a run came to over to `npm test`. */
export const SuiteSummary = z.object({
  passedCount: z.number(),
  failed: z.array(NamedTest),
  skipped: z.array(NamedTest),
  errors: z.array(z.string()),
});

/** A test, by its file and full name, with what there is to say about it (null: nothing was said). */
export type NamedTest = Readonly<z.infer<typeof NamedTest>>;

/** What one run of vitest came to. Errors are those outside of tests, such as a file that does not load. */
export type SuiteSummary = Readonly<z.infer<typeof SuiteSummary>>;

/** The environment variable that names the file to which the summary is written. */
export const SUMMARY_VARIABLE = "BATON_TEST_SUMMARY";
