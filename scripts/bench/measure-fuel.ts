import { compileExpression, type CompiledExpression } from "../../src/language/expression/compile-expression.ts";
import { Evaluation } from "../../src/language/expression/evaluation/evaluation.ts";
import { describeThrown } from "../../src/language/expression/expression-error.ts";
import { FUEL_DEFAULT } from "../../src/language/expression/limits.ts";
import { FUEL_KINDS, type FuelKind } from "./fuel-kinds.ts";
import { formatNumber, layOutTable } from "./text-table.ts";

/** Of several tries the fastest counts: the others were disturbed. */
const TRIES = 4;

interface Measured {
  readonly name: string;
  readonly cpuMs: number;
  readonly spent: number;
  readonly nsPerUnit: number;
  /** How it ended: the code of the error, or nothing. */
  readonly end: string;
}

/** Prints what a unit of fuel buys of each kind of work; `--only text` chooses kinds by name. */
function main(): void {
  const only = process.argv[process.argv.indexOf("--only") + 1] ?? "";
  const kinds = process.argv.includes("--only") ? FUEL_KINDS.filter(({ name }) => name.includes(only)) : FUEL_KINDS;
  const measured = kinds.map(measureKind).toSorted((left, right) => right.nsPerUnit - left.nsPerUnit);
  const rows = measured.map(({ name, cpuMs, spent, nsPerUnit, end }) => [
    name,
    formatNumber(nsPerUnit),
    formatNumber(cpuMs),
    formatNumber(spent),
    formatNumber((nsPerUnit * FUEL_DEFAULT) / 1e6),
    end,
  ]);
  const headers = ["work", "ns per unit", "CPU ms", "units", "ms for all fuel", "end"];
  process.stdout.write(`${layOutTable(headers, rows).join("\n")}\n`);
}

function measureKind(kind: FuelKind): Measured {
  const compiled = compileExpression(kind.source);
  if (!compiled.ok) {
    throw new Error(`${kind.name}: ${compiled.error.message}`);
  }
  const tries = Array.from({ length: TRIES }, () => measureOnce(kind, compiled.expression));
  return tries.reduce((best, each) => (each.nsPerUnit < best.nsPerUnit ? each : best));
}

function measureOnce({ name, input }: FuelKind, expression: CompiledExpression): Measured {
  const run = new Evaluation({ input: input ?? null }, FUEL_DEFAULT, { nowMs: 0, seed: 1 });
  let end = "";
  const before = process.threadCpuUsage();
  try {
    expression.evaluate(run);
  } catch (error) {
    end = describeThrown(name, error).code;
  }
  const { user, system } = process.threadCpuUsage(before);
  const cpuMs = (user + system) / 1000;
  return { name, spent: run.spent, end, cpuMs, nsPerUnit: (cpuMs * 1e6) / run.spent };
}

main();
