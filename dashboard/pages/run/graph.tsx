import type { JSX, TargetedKeyboardEvent } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { Countdown, Elapsed } from "../../components/time.tsx";
import type { Step } from "../../model/api-types.ts";
import { type GraphLayout, layOutGraph, type LayoutSizes } from "../../model/graph-layout.ts";
import { nameOfStep, writeProgress } from "../../model/run-facts.ts";
import { lookOf } from "../../model/status.ts";
import { isNarrow } from "../../state/narrow.ts";

const SIZES: LayoutSizes = { nodeWidth: 164, nodeHeight: 56, layerGap: 44, nodeGap: 16 };
const SIZES_NARROW: LayoutSizes = { nodeWidth: 128, nodeHeight: 60, layerGap: 32, nodeGap: 8 };
const MARGIN_PX = 12;
/** States in which the time since the last attempt began says something. */
const HAS_DURATION: ReadonlySet<Step["status"]> = new Set(["RUNNING", "COMPLETED", "FAILED"]);

/**
 * Draws the steps of a run. Each is a button with its state in words; arrow keys go from one to the next.
 *
 * @param props - The steps, the chosen one, and whom to tell of another choice.
 * @returns The drawing, which scrolls within itself.
 */
export function Graph({
  nodes,
  chosen,
  onSelect,
}: {
  readonly nodes: readonly Step[];
  readonly chosen: string | null;
  readonly onSelect: (key: string) => void;
}): JSX.Element {
  const sizes = isNarrow.value ? SIZES_NARROW : SIZES;
  const shape = nodes.map(({ key, needs }) => `${key}<${needs.join()}`).join(";");
  const layout = useMemo(() => layOutGraph(nodes, isNarrow.value ? "down" : "right", sizes), [shape, sizes]);
  const frame = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    // What does not fit is cut on both sides alike: most graphs begin and end in their middle.
    if (frame.current !== null)
      frame.current.scrollLeft = isNarrow.value ? layout.width / 2 - frame.current.clientWidth / 2 : 0;
  }, [layout]);
  const steps = new Map(nodes.map((step) => [step.key, step]));
  return (
    <div class="graph-frame" ref={frame}>
      <div
        class="graph"
        style={{ width: `${layout.width + 2 * MARGIN_PX}px`, height: `${layout.height + 2 * MARGIN_PX}px` }}
      >
        <Edges layout={layout} steps={steps} />
        <div role="group" aria-label="Steps in the order of their needs" onKeyDown={moveBetweenNodes}>
          {layout.nodes.map(({ key, x, y }) => {
            const step = steps.get(key);
            const place = { left: `${x + MARGIN_PX}px`, top: `${y + MARGIN_PX}px` };
            const size = { width: `${sizes.nodeWidth}px`, height: `${sizes.nodeHeight}px` };
            return step === undefined ? null : (
              <Node key={key} step={step} isChosen={key === chosen} style={{ ...place, ...size }} onSelect={onSelect} />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Edges({
  layout,
  steps,
}: {
  readonly layout: GraphLayout;
  readonly steps: ReadonlyMap<string, Step>;
}): JSX.Element {
  const [width, height] = [layout.width + 2 * MARGIN_PX, layout.height + 2 * MARGIN_PX];
  return (
    <svg class="edges" width={width} height={height} aria-hidden="true">
      <g transform={`translate(${MARGIN_PX} ${MARGIN_PX})`}>
        {layout.edges.map(({ from, to, path }) => (
          <path key={`${from}>${to}`} d={path} class={`edge ${(steps.get(to)?.status ?? "PENDING").toLowerCase()}`} />
        ))}
      </g>
    </svg>
  );
}

function Node({
  step,
  isChosen,
  style,
  onSelect,
}: {
  readonly step: Step;
  readonly isChosen: boolean;
  readonly style: Readonly<Record<string, string>>;
  readonly onSelect: (key: string) => void;
}): JSX.Element {
  const { icon, word } = lookOf(step.status);
  const tries = step.attempt > 1 || step.status === "RETRYING" ? `${step.attempt}/${step.maxAttempts}` : "";
  return (
    <button
      type="button"
      class={`node ${step.status.toLowerCase()}`}
      style={style}
      title={nameOfStep(step.key)}
      aria-pressed={isChosen}
      data-step={step.key}
      onClick={() => onSelect(step.key)}
    >
      <span class="node-name">
        <span class="status-icon" aria-hidden="true">
          {icon}
        </span>
        <span class="ellipsis">{nameOfStep(step.key)}</span>
        {tries === "" ? null : (
          <span class="tries" aria-hidden="true">
            {tries}
          </span>
        )}
      </span>
      <span class="node-line">
        <span>{word}</span>
        <span class="visually-hidden">
          attempt {step.attempt} of {step.maxAttempts}
        </span>
        {step.progress === null ? null : <span>{writeProgress(step.progress)}</span>}
        {step.waitingFor?.kind === "timer" ? <Countdown at={step.availableAt ?? step.waitingFor.until} /> : null}
        {HAS_DURATION.has(step.status) ? <Elapsed startedAt={step.startedAt} endedAt={step.endedAt} /> : null}
      </span>
    </button>
  );
}

function moveBetweenNodes(event: TargetedKeyboardEvent<HTMLDivElement>): void {
  const step = new Map([
    ["ArrowRight", 1],
    ["ArrowDown", 1],
    ["ArrowLeft", -1],
    ["ArrowUp", -1],
  ]).get(event.key);
  if (step === undefined) return;
  const nodes = [...event.currentTarget.querySelectorAll<HTMLElement>(".node")];
  nodes[nodes.findIndex((node) => node === document.activeElement) + step]?.focus();
  event.preventDefault();
}
