import { compileExpression, type CompiledExpression } from "../../src/language/expression/compile-expression.ts";
import { Evaluation } from "../../src/language/expression/evaluation/evaluation.ts";
import { describeThrown } from "../../src/language/expression/expression-error.ts";
import { FUEL_DEFAULT } from "../../src/language/expression/limits.ts";
import { FUEL_KINDS, type FuelKind } from "./fuel-kinds.ts";
import { formatNumber, layOutTable } from "./text-table.ts";

/** Of several tries the fastest counts: the others were disturbed. */
const TRIES = 4;

/** A try evaluates again and again for this long: the system counts CPU in steps of 4 ms. */
const CPU_MS_PER_TRY = 60;

/** How far the dearest unit may be from the cheapest: what fuel says of time is true within this factor. */
const FACTOR_MAX = 5;

interface Measured {
  readonly name: string;
  readonly cpuMs: number;
  readonly spent: number;
  readonly nsPerUnit: number;
  /** How it ended: the code of the error, or nothing. */
  readonly end: string;
  readonly luck: string;
}

/** Prints what a unit of fuel buys of each kind of work; `--only text` chooses kinds by name. */
function main(): void {
  const only = process.argv[process.argv.indexOf("--only") + 1] ?? "";
  const kinds = process.argv.includes("--only") ? FUEL_KINDS.filter(({ name }) => name.includes(only)) : FUEL_KINDS;
  const measured = kinds.map(measureKind).toSorted((left, right) => right.nsPerUnit - left.nsPerUnit);
  const rows = measured.map(({ name, cpuMs, spent, nsPerUnit, end, luck }) => [
    name,
    formatNumber(nsPerUnit),
    formatNumber(cpuMs),
    formatNumber(spent),
    formatNumber((nsPerUnit * FUEL_DEFAULT) / 1e6),
    luck === "" ? end : luck,
  ]);
  const headers = ["work", "ns per unit", "CPU ms", "units", "ms for all fuel", "end, or why it is light"];
  process.stdout.write(`${layOutTable(headers, rows).join("\n")}\n\n${describeFactor(measured)}\n`);
}

/** Says how far apart the units are, of `measured` in order, the dearest first; what is light by luck is left out. */
function describeFactor(measured: readonly Measured[]): string {
  const counted = measured.filter(({ luck }) => luck === "");
  const [dearest, cheapest] = [counted[0]?.nsPerUnit ?? 0, counted.at(-1)?.nsPerUnit ?? 0];
  const within = counted.filter(({ nsPerUnit }) => dearest / nsPerUnit <= FACTOR_MAX).length;
  const lucky = measured.length - counted.length;
  return `Of ${counted.length} kinds ${within} are within a factor of ${FACTOR_MAX} of the dearest, and all within ${formatNumber(dearest / cheapest)}. ${lucky} more are light by luck.`;
}

function measureKind(kind: FuelKind): Measured {
  const compiled = compileExpression(kind.source);
  if (!compiled.ok) {
    throw new Error(`${kind.name}: ${compiled.error.message}`);
  }
  const tries = Array.from({ length: TRIES }, () => measureOnce(kind, compiled.expression));
  return tries.reduce((best, each) => (each.nsPerUnit < best.nsPerUnit ? each : best));
}

function measureOnce({ name, input, luck }: FuelKind, expression: CompiledExpression): Measured {
  let [cpuMs, times, spent, end] = [0, 0, 0, ""];
  const before = process.threadCpuUsage();
  while (cpuMs < CPU_MS_PER_TRY) {
    const run = new Evaluation({ input: input ?? null }, FUEL_DEFAULT, { nowMs: 0, seed: 1 });
    end = endOf(name, () => expression.evaluate(run));
    const { user, system } = process.threadCpuUsage(before);
    cpuMs = (user + system) / 1000;
    times += 1;
    spent = run.spent;
  }
  return { name, luck: luck ?? "", spent, end, cpuMs: cpuMs / times, nsPerUnit: (cpuMs * 1e6) / times / spent };
}

/** Gives the code of the error that an evaluation ends with; empty when it ends with a value. */
function endOf(name: string, evaluate: () => void): string {
  try {
    evaluate();
    return "";
  } catch (error) {
    return describeThrown(name, error).code;
  }
}

main();
