import type { ClientCommand, Fault, Schedule } from "./schedule.ts";

/**
 * Describes a schedule for people.
 *
 * @param schedule - Any schedule.
 * @returns Lines: how it is set up, the recipes that are used, what clients do, what goes wrong.
 */
export function describeSchedule(schedule: Schedule): readonly string[] {
  const { recipes, commands, faults, setup, hasSweeps, isResumed } = schedule;
  const used = new Set(commands.map((command) => (command.type === "start" ? command.recipe : null)));
  return [
    `${Object.entries(setup)
      .map(([name, value]) => `${name} ${value}`)
      .join(
        ", ",
      )}, ${hasSweeps ? "with" : "without"} sweeps, paused runs are ${isResumed ? "" : "not "}resumed in the end`,
    ...recipes.flatMap((recipe, index) => (used.has(index) ? [`recipe ${index}: ${JSON.stringify(recipe)}`] : [])),
    ...commands.toSorted((left, right) => left.atMs - right.atMs).map(describeCommand),
    ...faults.map(describeFault),
  ];
}

function describeCommand(command: ClientCommand): string {
  const { type, atMs, start } = command;
  switch (command.type) {
    case "start":
      return `at ${atMs} ms start ${start} of recipe ${command.recipe}, key ${command.key}, input ${JSON.stringify(command.input)}`;
    case "retry":
      return `at ${atMs} ms retry run ${start} from ${command.from ?? "what failed"}, input ${JSON.stringify(command.input) ?? "kept"}`;
    case "signal":
      return `at ${atMs} ms signal ${command.name} ${command.key} to run ${start}: ${JSON.stringify(command.payload)}`;
    case "cancel":
    case "pause":
    case "resume":
      return `at ${atMs} ms ${type} run ${start}`;
  }
}

function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case "call":
      return `call ${fault.nth} of ${fault.point} is ${fault.effect}`;
    case "consumer":
      return `consumer ${fault.nth} ${fault.effect}`;
    case "http":
      return `the first ${fault.calls} calls of ${fault.step}${fault.item === null ? "" : ` for *${fault.item}`} get ${fault.answer}`;
    case "world":
      return `at ${fault.atMs} ms ${Object.values(fault.event).join(" ")}`;
  }
}
