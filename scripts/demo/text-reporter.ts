import { readFileSync } from "node:fs";
import type { EventView, RunView } from "./api-client.ts";
import { closingLine, countAttempts } from "./reporter.ts";
import type { Reporter, Result } from "./reporter.ts";
import { describeEvent, drawRun } from "./run-view.ts";
import { formatDuration, iconOf, paint, truncate } from "./terminal.ts";
import type { TerminalStyle } from "./terminal.ts";

const NAME_COLUMNS = 11;
const LOG_LINES = 5;

/** Where the text reporter writes. */
export interface TextOutput {
  readonly style: TerminalStyle;
  /** Prints failures and the last line only. */
  readonly quiet: boolean;
  /** Address of the Baton, without a slash at its end: runs are below it. */
  readonly url: string;
  readonly dashboardUrl: string;
  /** Whether the dashboard goes away with the demo. */
  readonly isTemporary: boolean;
  /** Its last lines are shown with a failure; null when it is not on this machine. */
  readonly workerLogPath: string | null;
  readonly write: (text: string) => void;
}

/** Shows the demo to people: redrawn in place on a terminal, as event lines elsewhere. */
export class TextReporter implements Reporter {
  readonly #output: TextOutput;
  #drawnLines = 0;

  /** @param output - Where and how to write. */
  constructor(output: TextOutput) {
    this.#output = output;
  }

  progress(message: string): void {
    if (this.#output.quiet) {
      return;
    }
    this.#line(paint(this.#output.style, "quiet", message));
    // The run is drawn anew below this line, and stays above it as it was.
    this.#drawnLines = 0;
  }

  begin(name: string, runId: string): void {
    if (this.#output.quiet) {
      return;
    }
    this.#line("");
    this.#line(`${paint(this.#output.style, "bold", name)} ${runId}`);
    this.#drawnLines = 0;
  }

  onEvent(event: EventView): void {
    const { style, quiet } = this.#output;
    if (!quiet && !style.live) {
      this.#line(truncate(style, `  ${describeEvent(event)}`, style.columns));
    }
  }

  onRun(run: RunView): void {
    const { style, quiet, write } = this.#output;
    if (quiet || !style.live) {
      return;
    }
    const lines = drawRun(style, run, Date.now());
    // Up to the first line drawn before; each line is cleared before it is written anew.
    const up = this.#drawnLines === 0 ? "" : `\u001B[${this.#drawnLines}A`;
    write(up + lines.map((line) => `\u001B[2K${line}\n`).join(""));
    this.#drawnLines = lines.length;
  }

  end(result: Result): void {
    const { style, quiet } = this.#output;
    this.#drawnLines = 0;
    if (result.complaint !== null) {
      this.#fail(result);
      return;
    }
    if (quiet) {
      return;
    }
    const { run, durationMs } = result;
    if (run === null) {
      return;
    }
    const { icon, tone } = iconOf(style, run.status);
    this.#line(`${paint(style, tone, `${icon} ${run.status}`)} in ${formatDuration(durationMs)}  ${this.#linkOf(run)}`);
    this.#line(truncate(style, `  result ${JSON.stringify(run.output)}`, style.columns));
  }

  summary(results: readonly Result[]): void {
    const { style, quiet, dashboardUrl, isTemporary } = this.#output;
    if (!quiet) {
      this.#line("");
      this.#line(paint(style, "bold", "Summary"));
      for (const result of results) {
        this.#line(this.#summaryOf(result));
      }
      this.#line("");
      this.#line(isTemporary ? "The dashboard, with these runs in it: npm start" : `The dashboard: ${dashboardUrl}`);
    }
    this.#line(closingLine(results));
  }

  #fail(result: Result): void {
    const { style } = this.#output;
    const { icon, tone } = iconOf(style, "FAILED");
    this.#line(paint(style, tone, `${icon} ${result.name}: ${result.complaint}`));
    if (result.run !== null) {
      this.#line(`  see ${this.#linkOf(result.run)}`);
    }
    const { workerLogPath } = this.#output;
    if (workerLogPath === null) {
      return;
    }
    this.#line(`  log ${workerLogPath} (last ${LOG_LINES} lines follow)`);
    for (const line of lastLines(workerLogPath)) {
      this.#line(`    ${line}`);
    }
  }

  #summaryOf({ name, complaint, run, durationMs }: Result): string {
    const { style } = this.#output;
    const { icon, tone } = iconOf(style, complaint === null ? "COMPLETED" : "FAILED");
    const counts = run === null ? "" : `${run.steps.length} steps  ${countAttempts(run)} attempts`;
    const duration = formatDuration(durationMs).padStart(8);
    return `  ${paint(style, tone, icon)} ${name.padEnd(NAME_COLUMNS)} ${counts.padEnd(22)} ${duration}`;
  }

  #linkOf(run: RunView): string {
    const step = run.error?.step;
    const query = step === undefined || step === null ? "" : `?step=${encodeURIComponent(step)}`;
    return `${this.#output.url}/#/runs/${run.id}${query}`;
  }

  #line(text: string): void {
    this.#output.write(`${text}\n`);
  }
}

function lastLines(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").trimEnd().split("\n").slice(-LOG_LINES);
  } catch {
    // The Worker has not printed anything yet.
    return [];
  }
}
