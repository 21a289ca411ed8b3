import type { JSX } from "preact";
import { ALL_RUNS, formatRoute } from "../model/routes.ts";
import { useTitle } from "../state/use-title.ts";

const PATH_SHOWN_MAX = 200;

/**
 * Says that an address names no page.
 *
 * @param props - The address.
 * @returns The page.
 */
export function UnknownPage({ path }: { readonly path: string }): JSX.Element {
  useTitle("Not found");
  return (
    <main class="page">
      <h1 tabIndex={-1}>
        There is no page at <bdi>{path.slice(0, PATH_SHOWN_MAX)}</bdi>
        {path.length > PATH_SHOWN_MAX ? "…" : ""}
      </h1>
      <p>
        <a href={formatRoute({ page: "runs", filter: ALL_RUNS })}>See all runs</a>
      </p>
    </main>
  );
}
