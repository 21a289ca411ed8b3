import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { isJsonObject } from "../../../src/domain/json.ts";
import type { ApiProblem } from "../../api-call.ts";
import { getRunPayload } from "../../api-client.ts";
import { JsonView } from "../../components/json-view.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { Json, Run } from "../../model/api-types.ts";
import { formatBytes } from "../../model/format.ts";

type Part = "input" | "output";

/**
 * Shows the input or output of a run. The API cuts large ones; the whole is loaded when somebody asks for it.
 *
 * @param props - The run, and which of the two.
 * @returns The view.
 */
export function RunPayload({ run, part }: { readonly run: Run; readonly part: Part }): JSX.Element {
  const whole = useSignal<Json | undefined>(undefined);
  const problem = useSignal<ApiProblem | null>(null);
  const value = whole.value ?? run[part];
  if (value === null) {
    return <p class="muted">{part === "output" && run.endedAt === null ? "No output yet." : `No ${part}.`}</p>;
  }
  const cut = whole.value === undefined ? findCut(value) : null;
  if (cut === null) return <JsonView value={value} name={`${part} of the run`} />;
  const load = async (): Promise<void> => {
    const result = await getRunPayload(run.id, part);
    if (result.ok) whole.value = result.value;
    problem.value = result.ok ? null : result.problem;
  };
  return (
    <>
      {problem.value === null ? null : <ProblemNote problem={problem.value} what={`The ${part} could not be loaded`} />}
      <p class="note">
        The {part} is {formatBytes(cut.bytes)} long. Below is its beginning.{" "}
        <button type="button" class="button small" onClick={() => void load()}>
          Load all of it
        </button>
      </p>
      <pre class="json wrapped" tabIndex={0} aria-label={`Beginning of the ${part}`}>
        {cut.preview}
      </pre>
    </>
  );
}

/** How the API writes a payload that it cut: `{ truncated: true, bytes, preview }` and nothing else. */
function findCut(value: Json): { readonly bytes: number; readonly preview: string } | null {
  if (!isJsonObject(value)) return null;
  const { truncated, bytes, preview, ...rest } = value;
  if (truncated !== true || typeof bytes !== "number" || Object.keys(rest).length > 0) return null;
  return { bytes, preview: typeof preview === "string" ? preview : JSON.stringify(preview) };
}
