import { isDeepStrictEqual } from "node:util";
import type { RunMail } from "../../src/ledger/ports.ts";
import { memberOf } from "./find-wrong-outputs.ts";
import type { LivedRun } from "./lived-run.ts";
import type { Outside } from "./outside.ts";

/**
 * Looks for signals that were lost, taken twice or out of order, or that a step shows and nobody sent.
 *
 * @param lived - The run.
 * @param outside - What is stored.
 * @returns One sentence for each.
 */
export function findWrongMail(lived: LivedRun, outside: Outside): readonly string[] {
  const { mail, events } = lived;
  const received = events.filter(({ type }) => type === "SIGNAL_RECEIVED");
  const lives = 1 + events.filter(({ type }) => type === "RUN_RETRIED").length;
  const taken = Map.groupBy(
    mail.filter(({ takenBy }) => takenBy !== null),
    ({ takenBy }) => takenBy,
  );
  const overtaken = [...Map.groupBy(mail, ({ name }) => name).values()].flatMap((ofName) => {
    const firstLeft = ofName.findIndex(({ takenBy }) => takenBy === null);
    return firstLeft === -1 ? [] : ofName.slice(firstLeft).filter(({ takenBy }) => takenBy !== null);
  });
  return [
    ...(received.length === mail.length ? [] : [`has ${mail.length} signals, its log ${received.length}`]),
    ...[...taken].flatMap(([step, ofStep]) =>
      ofStep.length > lives ? [`has ${ofStep.length} signals taken by ${step}, in ${lives} lives`] : [],
    ),
    ...overtaken.map(({ name, idempotencyKey }) => `has signal ${name} ${idempotencyKey} taken before an older one`),
    ...findWrongWaits(lived, outside),
  ];
}

/** A step shows the signal that it took last; one that timed out took none in this life, and a timer never does. */
function findWrongWaits({ run, steps, mail }: LivedRun, { database }: Outside): readonly string[] {
  return steps.flatMap(({ key, type, status, waitingFor }) => {
    if (type !== "wait" || status !== "COMPLETED") {
      return [];
    }
    const output = database.output({ runId: run.id, stepKey: key }) ?? null;
    const isOver = memberOf(output, "by") === null;
    const isTimer = waitingFor?.kind === "timer";
    const isRight = isOver
      ? memberOf(output, "payload") === null && memberOf(output, "timedOut") === !isTimer
      : mail.some((one) => one.takenBy === key && shows(output, one));
    return isRight ? [] : [`has a wrong output of ${key}: ${JSON.stringify(output)}`];
  });
}

function shows(output: Parameters<typeof memberOf>[0], { payload, actor }: RunMail): boolean {
  return isDeepStrictEqual(output, { payload, by: actor, timedOut: false });
}
