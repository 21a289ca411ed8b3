import type { RunId, StepKey } from "../../src/domain/ids.ts";
import type { Json } from "../../src/domain/json.ts";
import { containerOf, innerKeyOf } from "../../src/domain/path.ts";
import type { RowSet } from "../../src/domain/run/concerns.ts";
import { isUnfinished, type Step } from "../../src/domain/run/step.ts";
import type { ItemValueRef, ItemValues, ReadBack, RunQuery, SaveRequest, StepRef } from "../../src/ledger/ports.ts";

/** A step's row. A payload that was never written is undefined. */
interface StoredStep {
  readonly step: Step;
  readonly input: Json | undefined;
  readonly output: Json | undefined;
}

/** The rows of steps in memory, and the values of the items that `foreach` steps hold. */
export class MemorySteps {
  readonly #steps = new Map<RunId, Map<StepKey, StoredStep>>();
  /** Lists of `foreach` steps, by run and step. */
  readonly #items = new Map<string, readonly Json[]>();

  /** The steps of a run, in the order in which they were made. */
  of(runId: RunId): readonly Step[] {
    return [...(this.#steps.get(runId)?.values() ?? [])].map(({ step }) => step);
  }

  step({ runId, stepKey }: StepRef): Step | undefined {
    return this.#steps.get(runId)?.get(stepKey)?.step;
  }

  /** The output of a step as it is stored, whatever became of the step since; undefined when it has none. */
  output({ runId, stepKey }: StepRef): Json | undefined {
    return this.#steps.get(runId)?.get(stepKey)?.output;
  }

  find({ runId, keys, rows }: RunQuery): readonly Step[] {
    const byKey = keys.flatMap((stepKey) => this.step({ runId, stepKey }) ?? []);
    return rows === null ? byKey : [...byKey, ...selectRows(this.of(runId), rows)];
  }

  /** Steps and lists that a transaction would make a second time. */
  duplicates({ changed, emptied, items }: SaveRequest): readonly string[] {
    const isGone = (ref: StepRef): boolean => emptied.some((one) => isHeldBy(ref, one));
    return [
      ...changed
        .flatMap(({ run, created }) => created.map(({ key }) => ({ runId: run.id, stepKey: key })))
        .filter((ref) => this.step(ref) !== undefined && !isGone(ref))
        .map((ref) => `step ${refId(ref)}`),
      ...items
        .filter((list) => this.#items.has(refId(list)) && !isGone(list) && !emptied.some((one) => isSame(one, list)))
        .map((list) => `items of ${refId(list)}`),
    ];
  }

  create(runId: RunId, steps: readonly Step[]): void {
    const rows = this.#steps.get(runId) ?? new Map<StepKey, StoredStep>();
    this.#steps.set(runId, rows);
    for (const step of steps) {
      rows.set(step.key, { step, input: undefined, output: undefined });
    }
  }

  update(step: Step, payload: { readonly input?: Json; readonly output?: Json } = {}): void {
    const rows = this.#steps.get(step.runId);
    const row = rows?.get(step.key);
    if (row !== undefined) {
      const { input = row.input, output = row.output } = payload;
      rows?.set(step.key, { step, input, output });
    }
  }

  putItems(list: ItemValues): void {
    if (list.values.length > 0) {
      this.#items.set(refId(list), list.values);
    }
  }

  /** Takes away what a `foreach` holds. */
  empty(foreach: StepRef): void {
    const { runId } = foreach;
    const rows = this.#steps.get(runId);
    for (const stepKey of rows?.keys() ?? []) {
      if (isHeldBy({ runId, stepKey }, foreach)) {
        rows?.delete(stepKey);
      }
    }
    for (const id of this.#items.keys()) {
      if (id === refId(foreach) || id.startsWith(`${refId(foreach)}[`)) {
        this.#items.delete(id);
      }
    }
  }

  /** Puts the outputs of `foreach` steps together: those that are items of others first. */
  gather(payloads: SaveRequest["payloads"]): void {
    for (const { runId, stepKey, gather } of payloads.toSorted((one, other) => depthOf(other) - depthOf(one))) {
      const row = this.#steps.get(runId)?.get(stepKey);
      if (gather !== undefined && row !== undefined) {
        const items = this.of(runId).filter(({ key }) => containerOf(key) === stepKey);
        const output = items.toSorted(byPosition).map((item) => this.#outputOfItem(item, gather));
        this.#steps.get(runId)?.set(stepKey, { ...row, output });
      }
    }
  }

  results(refs: readonly StepRef[]): ReadBack["results"] {
    return refs.flatMap((ref) => {
      const step = this.step(ref);
      const output = step?.status === "COMPLETED" ? (this.output(ref) ?? null) : null;
      return step === undefined ? [] : [{ ...ref, output, error: step.status === "FAILED" ? step.error : null }];
    });
  }

  itemValues(refs: readonly ItemValueRef[]): ReadBack["items"] {
    return refs.flatMap((ref) => {
      const value = this.#items.get(refId(ref))?.[ref.index];
      return value === undefined ? [] : [{ ...ref, value }];
    });
  }

  #outputOfItem(item: Step, node: string): Json {
    if (item.status === "FAILED") {
      return { error: { code: item.error.code, message: item.error.message } };
    }
    const ref = { runId: item.runId, stepKey: innerKeyOf(item.key, node) };
    return this.step(ref)?.status === "COMPLETED" ? (this.output(ref) ?? null) : null;
  }
}

function refId({ runId, stepKey }: StepRef): string {
  return `${runId}/${stepKey}`;
}

function isSame(one: StepRef, other: StepRef): boolean {
  return refId(one) === refId(other);
}

function isHeldBy(ref: StepRef, foreach: StepRef): boolean {
  return refId(ref).startsWith(`${refId(foreach)}[`);
}

function depthOf({ stepKey }: StepRef): number {
  return stepKey.split("[").length;
}

function byPosition(one: Step, other: Step): number {
  return one.position - other.position;
}

function selectRows(steps: readonly Step[], rows: RowSet): readonly Step[] {
  switch (rows.kind) {
    case "all":
      return steps;
    case "unfinished":
      return steps.filter(isUnfinished);
    case "waiting_for":
      return steps.filter(
        ({ status, waitingFor }) =>
          status === "WAITING" && waitingFor?.kind === "signal" && waitingFor.name === rows.signal,
      );
    case "next_item": {
      const waiting = steps.filter(
        ({ key, status }) => status === "PENDING" && containerOf(key) === rows.foreach && !rows.except.includes(key),
      );
      const [next] = waiting.toSorted(byPosition);
      return next === undefined ? [] : selectItem(steps, next.key);
    }
    case "item":
      return selectItem(steps, rows.key);
  }
}

function selectItem(steps: readonly Step[], itemKey: StepKey): readonly Step[] {
  return steps.filter(({ key }) => key === itemKey || key.startsWith(`${itemKey}.`));
}
