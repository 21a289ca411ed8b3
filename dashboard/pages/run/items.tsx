import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { listInnerSteps } from "../../api-client.ts";
import { ProblemNote } from "../../components/problem-note.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { Elapsed } from "../../components/time.tsx";
import type { Run, Step } from "../../model/api-types.ts";
import { nameOfStep } from "../../model/run-facts.ts";
import { useLive } from "../../state/use-live.ts";

/** Of which run, what is chosen, and whom to tell of another choice. */
interface ItemsPlace {
  readonly run: Run;
  readonly chosen: string | null;
  readonly onSelect: (key: string) => void;
}

type Progress = NonNullable<Step["progress"]>;

/** Words and states: an item waits for its steps as long as it is open. */
const FILTERS = [
  ["All", null],
  ["Failed", "FAILED"],
  ["Open", "WAITING"],
] as const;

/**
 * The items of a `foreach`: how far they have come, and on demand a page of them, each with its steps.
 *
 * @param props - The step and the place.
 * @returns The items; nothing as long as they are not known.
 */
export function Items({ step, ...place }: ItemsPlace & { readonly step: Step }): JSX.Element | null {
  if (step.progress === null) return null;
  return (
    <Fold
      label={`Items of ${nameOfStep(step.key)}`}
      name={nameOfStep(step.key)}
      head={<ProgressBar progress={step.progress} />}
    >
      <ItemPages {...place} parent={step.key} progress={step.progress} />
    </Fold>
  );
}

function Fold({
  label,
  name,
  head,
  children,
}: {
  readonly label: string;
  readonly name: string;
  readonly head: ComponentChildren;
  readonly children: ComponentChildren;
}): JSX.Element {
  const isOpen = useSignal(false);
  return (
    <div class="fold">
      <div class="fold-head">
        <button
          type="button"
          class="link"
          aria-expanded={isOpen.value}
          aria-label={label}
          onClick={() => {
            isOpen.value = !isOpen.value;
          }}
        >
          <span aria-hidden="true">{isOpen.value ? "▾" : "▸"}</span> {name}
        </button>
        {head}
      </div>
      {isOpen.value ? children : null}
    </div>
  );
}

function ProgressBar({ progress }: { readonly progress: Progress }): JSX.Element {
  const { total, open, completed, failed } = progress;
  const part = (state: string, count: number): JSX.Element => (
    <span class={state} style={{ width: `${(100 * count) / Math.max(1, total)}%` }} />
  );
  return (
    <>
      <span class="bar" aria-hidden="true">
        {part("completed", completed)}
        {part("failed", failed)}
        {part("waiting", open)}
      </span>
      <span class="number">
        {completed} done, {open} open, {failed} failed of {total}
      </span>
    </>
  );
}

function ItemPages({
  parent,
  progress,
  ...place
}: ItemsPlace & { readonly parent: string; readonly progress: Progress }): JSX.Element {
  const status = useSignal<(typeof FILTERS)[number][1]>(null);
  // Where each page up to the one shown begins.
  const cursors = useSignal<readonly (string | null)[]>([null]);
  const cursor = cursors.value.at(-1) ?? null;
  const { run } = place;
  const { value, problem } = useLive(`${run.id}/${parent}/${status.value}/${cursor}`, run.revision, (signal) =>
    listInnerSteps(run.id, { parent, status: status.value, cursor }, signal),
  );
  const next = value?.nextCursor ?? null;
  const unopened = progress.total - progress.opened;
  return (
    <>
      <div class="fold-head">
        <div class="switch" role="group" aria-label={`Which items of ${parent}`}>
          {FILTERS.map(([word, wanted]) => (
            <button
              key={word}
              type="button"
              aria-pressed={status.value === wanted}
              onClick={() => {
                status.value = wanted;
                cursors.value = [null];
              }}
            >
              {word}
            </button>
          ))}
        </div>
        {unopened === 0 ? null : <span class="muted">{unopened} not begun</span>}
      </div>
      {problem === null ? null : <ProblemNote problem={problem} what="The items could not be loaded" />}
      {value?.items.length === 0 ? <p class="muted">{next === null ? "No such items." : "None so far."}</p> : null}
      {value === null ? (
        <div class="bone" aria-hidden="true" />
      ) : (
        <div class="items">
          {value.items.map((item) => (
            <Item key={item.key} {...place} item={item} />
          ))}
        </div>
      )}
      <Pager
        page={cursors.value.length}
        hasNext={next !== null}
        onPrevious={() => {
          cursors.value = cursors.value.slice(0, -1);
        }}
        onNext={() => {
          cursors.value = [...cursors.value, next];
        }}
      />
    </>
  );
}

function Pager({
  page,
  hasNext,
  onPrevious,
  onNext,
}: {
  readonly page: number;
  readonly hasNext: boolean;
  readonly onPrevious: () => void;
  readonly onNext: () => void;
}): JSX.Element | null {
  if (page === 1 && !hasNext) return null;
  return (
    <div class="fold-head">
      <PagerButton word="Previous items" isPossible={page > 1} onClick={onPrevious} />
      <span role="status">Page {page}</span>
      <PagerButton word="Next items" isPossible={hasNext} onClick={onNext} />
    </div>
  );
}

function PagerButton({
  word,
  isPossible,
  onClick,
}: {
  readonly word: string;
  readonly isPossible: boolean;
  readonly onClick: () => void;
}): JSX.Element {
  return (
    <button type="button" class="button small" aria-disabled={!isPossible} onClick={isPossible ? onClick : undefined}>
      {word}
    </button>
  );
}

function Item({ item, chosen, run, onSelect }: ItemsPlace & { readonly item: Step }): JSX.Element {
  const { key, error } = item;
  const head = (
    <>
      <State step={item} />
      <button
        type="button"
        class="button small"
        aria-pressed={key === chosen}
        aria-label={`Inspect ${key}`}
        onClick={() => onSelect(key)}
      >
        Inspect
      </button>
      {error === null ? null : (
        <span class="ellipsis muted" title={error.message} dir="auto">
          {error.message}
        </span>
      )}
    </>
  );
  return (
    <Fold label={`Steps of ${key}`} name={lastOf(key)} head={head}>
      <ItemSteps run={run} chosen={chosen} onSelect={onSelect} parent={key} />
    </Fold>
  );
}

function ItemSteps({ parent, ...place }: ItemsPlace & { readonly parent: string }): JSX.Element {
  const { run, chosen, onSelect } = place;
  const { value, problem } = useLive(`${run.id}/${parent}`, run.revision, (signal) =>
    listInnerSteps(run.id, { parent, status: null, cursor: null }, signal),
  );
  if (problem !== null) return <ProblemNote problem={problem} what="The item's steps could not be loaded" />;
  return (
    <>
      {value?.items.map((step) => (
        <div key={step.key} class="fold">
          <div class="fold-head">
            <button
              type="button"
              class="link"
              aria-pressed={step.key === chosen}
              aria-label={`Inspect ${nameOfStep(step.key)}`}
              onClick={() => onSelect(step.key)}
            >
              {lastOf(step.key)}
            </button>
            <State step={step} />
            <span class="muted">{step.type}</span>
          </div>
          <Items {...place} step={step} />
        </div>
      ))}
    </>
  );
}

function State({ step }: { readonly step: Step }): JSX.Element {
  return (
    <>
      <StatusBadge status={step.status} />
      <Elapsed startedAt={step.startedAt} endedAt={step.endedAt} />
    </>
  );
}

/** What a step is called by those beside it. */
function lastOf(key: string): string {
  return nameOfStep(key.slice(key.lastIndexOf(".") + 1));
}
