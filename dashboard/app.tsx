import type { JSX } from "preact";
import { ErrorBoundary } from "./components/error-boundary.tsx";
import { KeyQuestion } from "./components/key-question.tsx";
import { Notices } from "./components/notices.tsx";
import { TopBar } from "./components/top-bar.tsx";
import type { Route } from "./model/routes.ts";
import { AuditPage } from "./pages/audit/audit-page.tsx";
import { KeyPage } from "./pages/key-page.tsx";
import { RunPage } from "./pages/run/run-page.tsx";
import { RunsPage } from "./pages/runs/runs-page.tsx";
import { UnknownPage } from "./pages/unknown-page.tsx";
import { WorkflowPage } from "./pages/workflows/workflow-page.tsx";
import { WorkflowsPage } from "./pages/workflows/workflows-page.tsx";
import { apiKey } from "./state/api-key.ts";
import { route } from "./state/location.ts";

/**
 * The whole dashboard: the bar, the page that the address names, and messages.
 *
 * @returns The dashboard; in place of a page the form for a key while there is none. With another key the page begins
 *   anew: what was loaded with the one before may be more than this one may see.
 */
export function App(): JSX.Element {
  const place = route.value;
  return (
    <>
      <TopBar />
      <ErrorBoundary key={`${place.page} ${apiKey.value ?? ""}`}>
        {apiKey.value === null ? <KeyPage /> : pageOf(place)}
      </ErrorBoundary>
      <KeyQuestion />
      <Notices />
    </>
  );
}

function pageOf(place: Route): JSX.Element {
  switch (place.page) {
    case "runs":
      return <RunsPage filter={place.filter} />;
    case "run":
      return <RunPage key={place.runId} runId={place.runId} step={place.step} view={place.view} />;
    case "workflows":
      return <WorkflowsPage />;
    case "workflow":
      return <WorkflowPage key={place.name} name={place.name} />;
    case "audit":
      return <AuditPage />;
    case "unknown":
      return <UnknownPage path={place.path} />;
  }
}
