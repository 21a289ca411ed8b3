import { closingLine, countAttempts } from "./reporter.ts";
import type { Reporter, Result } from "./reporter.ts";

/**
 * Makes the reporter for programs: one JSON object per line on stdout, progress and the last line on stderr.
 *
 * @param dashboardUrl - Address of the dashboard, for the summary.
 * @param write - Takes the lines, without their line ends, by stream.
 * @returns The reporter.
 */
export function createJsonReporter(
  dashboardUrl: string,
  write: { readonly out: (line: string) => void; readonly err: (line: string) => void },
): Reporter {
  const emit = (value: unknown): void => write.out(JSON.stringify(value));
  return {
    progress: write.err,
    begin: (name, runId) => emit({ kind: "begin", name, runId }),
    onEvent: (event) => emit({ kind: "event", ...event }),
    onRun: () => undefined,
    end: (result) => emit({ kind: "result", ...flatten(result) }),
    summary: (results) => {
      const failed = results.filter((result) => result.complaint !== null).length;
      emit({ kind: "summary", passed: results.length - failed, failed, dashboardUrl, results: results.map(flatten) });
      write.err(closingLine(results));
    },
  };
}

function flatten({ name, complaint, run, durationMs }: Result): Readonly<Record<string, unknown>> {
  const passed = complaint === null;
  const counts = run === null ? {} : { runId: run.id, status: run.status, attempts: countAttempts(run) };
  return { name, passed, complaint, durationMs: Math.round(durationMs), ...counts };
}
