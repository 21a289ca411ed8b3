import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { startFeed } from "../../live/page-feed.ts";
import { formatRoute, type RunFilter } from "../../model/routes.ts";
import { lookOf } from "../../model/status.ts";
import { useTitle } from "../../state/use-title.ts";
import { DemoRow } from "./demo-row.tsx";
import { RunsStore } from "./runs-store.ts";
import { RunsTable } from "./runs-table.tsx";
import { RunsToolbar } from "./runs-toolbar.tsx";

const TOP_PX = 120;

/**
 * The first page: demos, and the list of runs.
 *
 * @param props - Which runs the list shows.
 * @returns The page.
 */
export function RunsPage({ filter }: { readonly filter: RunFilter }): JSX.Element {
  const address = formatRoute({ page: "runs", filter });
  const store = useMemo(() => new RunsStore(filter, canReflow), [address]);
  useEffect(() => {
    // The first page and the stream are asked for in this order: the list must not wait for the stream.
    let stop = (): void => undefined;
    let isClosed = false;
    void store.load().then(() => {
      if (!isClosed) stop = startFeed(store);
    });
    return () => {
      isClosed = true;
      stop();
      store.close();
    };
  }, [store]);
  useTitle(
    filter.statuses.length === 0 ? "Runs" : `${filter.statuses.map((status) => lookOf(status).word).join(", ")} runs`,
  );
  return (
    <main class="page">
      <h1 class="visually-hidden" tabIndex={-1}>
        Runs
      </h1>
      <DemoRow onStarted={(run) => store.addOwn(run)} />
      <RunsToolbar filter={filter} />
      <RunsTable store={store} />
    </main>
  );
}

/** New rows push the list down only when nobody is reading it: at its top, with neither pointer nor focus in it. */
function canReflow(): boolean {
  return scrollY < TOP_PX && document.querySelector(".runs-table:is(:hover, :focus-within)") === null;
}
