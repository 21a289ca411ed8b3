import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { ProblemNote } from "../../components/problem-note.tsx";
import { startFeed } from "../../live/page-feed.ts";
import type { Run } from "../../model/api-types.ts";
import { shortenId } from "../../model/format.ts";
import { ALL_RUNS, formatRoute, type RunView } from "../../model/routes.ts";
import { chooseStep } from "../../model/run-facts.ts";
import { lookOf } from "../../model/status.ts";
import { replaceRoute } from "../../state/location.ts";
import { useTitle } from "../../state/use-title.ts";
import { AuditLog } from "./audit-log.tsx";
import { FailureCard } from "./failure-card.tsx";
import { Inspector } from "./inspector.tsx";
import { RunHeader } from "./run-header.tsx";
import { RunStore } from "./run-store.ts";
import { StepsPanel } from "./steps-panel.tsx";

/** Which run, and what of it is chosen. */
interface RunPlace {
  readonly runId: string;
  /** Key of the chosen step; null leaves the choice to the page, and empty text chooses the run itself. */
  readonly step: string | null;
  readonly view: RunView;
}

/**
 * The page of a run.
 *
 * @param props - Which run, and what of it is chosen.
 * @returns The page.
 */
export function RunPage({ runId, step, view }: RunPlace): JSX.Element {
  const store = useMemo(() => new RunStore(runId), [runId]);
  const generation = useSignal(0);
  useEffect(() => () => store.close(), [store]);
  useEffect(() => {
    let stop = (): void => undefined;
    let isClosed = false;
    void store.load().then(() => {
      if (!isClosed && store.run.value !== null) stop = startFeed(store);
    });
    return () => {
      isClosed = true;
      stop();
    };
  }, [store, generation.value]);
  const run = store.run.value;
  useTitle(run === null ? shortenId(runId) : `${lookOf(run.status).icon} ${run.workflow} ${shortenId(runId)}`);
  const reload = (): void => {
    generation.value += 1;
  };
  return (
    <main class="page run-page">
      {store.problem.value === null ? null : (
        <ProblemNote problem={store.problem.value} what={`Run ${runId}`} onRetry={reload} />
      )}
      {run === null ? (
        <RunPlaceholder isMissing={store.problem.value !== null} />
      ) : (
        <RunDetails store={store} run={run} place={{ runId, step, view }} onOperated={reload} />
      )}
    </main>
  );
}

function RunDetails({
  store,
  run,
  place,
  onOperated,
}: {
  readonly store: RunStore;
  readonly run: Run;
  readonly place: RunPlace;
  readonly onOperated: () => void;
}): JSX.Element {
  const chosen = place.step ?? chooseStep(run);
  const select = (key: string): void => replaceRoute({ page: "run", ...place, step: key });
  return (
    <>
      <RunHeader run={run} onOperated={onOperated} onSelect={select} />
      {run.status === "FAILED" && run.error !== null ? (
        <FailureCard run={run} error={run.error} onOpen={select} />
      ) : null}
      <StepsPanel
        run={run}
        chosen={chosen}
        view={place.view}
        onSelect={select}
        onView={(view) => replaceRoute({ page: "run", ...place, view })}
      />
      <div class="run-columns">
        <Inspector run={run} chosen={chosen === "" ? null : chosen} onSelect={select} />
        <AuditLog store={store} run={run} chosen={chosen} />
      </div>
    </>
  );
}

function RunPlaceholder({ isMissing }: { readonly isMissing: boolean }): JSX.Element {
  const all = <a href={formatRoute({ page: "runs", filter: ALL_RUNS })}>See all runs</a>;
  return (
    <>
      <h1 tabIndex={-1} class="visually-hidden">
        Run
      </h1>
      {isMissing ? <p>{all}</p> : <div class="bone tall" aria-hidden="true" />}
    </>
  );
}
