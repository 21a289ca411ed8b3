import type { EventView, RunView, StepView } from "./api-client.ts";
import { formatDuration, iconOf, paint, truncate } from "./terminal.ts";
import type { TerminalStyle } from "./terminal.ts";

const BAR_COLUMNS = 24;
const KEY_COLUMNS_MAX = 20;
const STATUS_COLUMNS = 10;

/**
 * Draws a run: a line for each step, with a bar that shows when it ran.
 *
 * @param style - Colours, signs and width.
 * @param run - The run.
 * @param nowMs - The instant to draw, in epoch milliseconds.
 * @returns The lines, none wider than the terminal.
 */
export function drawRun(style: TerminalStyle, run: RunView, nowMs: number): readonly string[] {
  const keyColumns = Math.min(KEY_COLUMNS_MAX, Math.max(...run.steps.map((step) => step.key.length), 1));
  const startMs = Date.parse(run.createdAt);
  const endMs = run.endedAt === null ? nowMs : Date.parse(run.endedAt);
  return run.steps.map((step) => {
    const { icon, tone } = iconOf(style, step.status);
    const key = truncate(style, step.key, keyColumns).padEnd(keyColumns);
    const bar = drawBar(style, step, { startMs, endMs, nowMs });
    const tries = step.attempt > 1 ? `try ${step.attempt}` : "";
    const line = `  ${paint(style, tone, icon)} ${key} ${step.status.padEnd(STATUS_COLUMNS)}`;
    return `${line}${bar} ${durationOf(step, nowMs).padStart(8)} ${tries}`.trimEnd();
  });
}

interface Window {
  readonly startMs: number;
  readonly endMs: number;
  readonly nowMs: number;
}

function drawBar(style: TerminalStyle, step: StepView, { startMs, endMs, nowMs }: Window): string {
  const [full, empty] = style.unicode ? ["━", "·"] : ["=", "."];
  if (step.startedAt === null || step.startedAt === undefined) {
    return paint(style, "quiet", empty.repeat(BAR_COLUMNS));
  }
  const columnsPerMs = BAR_COLUMNS / Math.max(1, endMs - startMs);
  const from = clampColumn((Date.parse(step.startedAt) - startMs) * columnsPerMs, BAR_COLUMNS - 1);
  const until = clampColumn(((step.endedAt ? Date.parse(step.endedAt) : nowMs) - startMs) * columnsPerMs, BAR_COLUMNS);
  const length = Math.max(1, until - from);
  const before = paint(style, "quiet", empty.repeat(from));
  const after = paint(style, "quiet", empty.repeat(Math.max(0, BAR_COLUMNS - from - length)));
  return before + paint(style, iconOf(style, step.status).tone, full.repeat(length)) + after;
}

function clampColumn(column: number, columnMax: number): number {
  return Math.min(columnMax, Math.max(0, Math.round(column)));
}

function durationOf(step: StepView, nowMs: number): string {
  if (step.startedAt === null || step.startedAt === undefined) {
    return "";
  }
  const endMs = step.endedAt ? Date.parse(step.endedAt) : nowMs;
  return formatDuration(Math.max(0, endMs - Date.parse(step.startedAt)));
}

/**
 * Writes an event as one line.
 *
 * @param event - The event.
 * @returns Such as `21:04:36.319 STEP_RETRYING flaky in 400 ms`.
 */
export function describeEvent(event: EventView): string {
  const time = event.at.toISOString().slice(11, 23);
  const step = event.step === null ? "" : ` ${event.step}`;
  return `${time} ${event.type}${step}${detailOf(event)}`;
}

function detailOf({ type, attempt, data }: EventView): string {
  const delayMs = data["delayMs"];
  const message = data["message"];
  if (type === "STEP_RETRYING" && typeof delayMs === "number") {
    return ` in ${formatDuration(delayMs)}`;
  }
  if (typeof message === "string") {
    return `: ${message}`;
  }
  return attempt !== null && type === "STEP_STARTED" ? ` attempt ${attempt}` : "";
}
