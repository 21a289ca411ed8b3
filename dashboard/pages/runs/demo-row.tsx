import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { startRun } from "../../api-client.ts";
import { OperatorButton } from "../../components/operator-button.tsx";
import type { RunSummary } from "../../model/api-types.ts";
import { notify } from "../../state/notices.ts";

interface Demo {
  readonly workflow: string;
  readonly label: string;
  /** What a run of it proves. */
  readonly proves: string;
}

const DEMOS: readonly Demo[] = [
  { workflow: "joke", label: "Joke", proves: "A call, and a step that reads its answer" },
  { workflow: "user", label: "User", proves: "Input with a default, output from several fields" },
  { workflow: "cat", label: "Cat", proves: "An expression counts words of an answer" },
  { workflow: "todo", label: "Todo", proves: "A query, and a list filtered by an expression" },
  { workflow: "multi-step", label: "Multi-Step", proves: "Fan-out, join, and a step that fails twice and is retried" },
];

const starting = signal<string | null>(null);

/**
 * Five buttons that start a demo each.
 *
 * @param props - Who is told of a run that was started.
 * @returns The row.
 */
export function DemoRow({ onStarted }: { readonly onStarted: (run: RunSummary) => void }): JSX.Element {
  return (
    <section class="demos" aria-label="Run a demo">
      {DEMOS.map((demo) => (
        <OperatorButton
          key={demo.workflow}
          look="demo"
          isBusy={starting.value === demo.workflow}
          onClick={() => void start(demo, onStarted)}
        >
          <span class="demo-name">
            <span aria-hidden="true">▶</span> {demo.label}
          </span>
          <span class="demo-line">{demo.proves}</span>
        </OperatorButton>
      ))}
    </section>
  );
}

async function start(demo: Demo, onStarted: (run: RunSummary) => void): Promise<void> {
  if (starting.value !== null) return;
  starting.value = demo.workflow;
  const result = await startRun(demo.workflow);
  starting.value = null;
  if (result.ok) {
    onStarted(result.value);
    notify("info", `Started ${demo.label}.`);
    return;
  }
  const { code, detail } = result.problem;
  const isMissing = code === "workflow_not_found";
  notify("error", `${demo.label} did not start: ${isMissing ? "save the recipes in examples/demo first" : detail}.`);
}
