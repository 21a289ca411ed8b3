import type { JSX } from "preact";
import { CopyButton } from "../../components/copy-button.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { Countdown, Elapsed, TimeAgo } from "../../components/time.tsx";
import type { Run } from "../../model/api-types.ts";
import { shortenId } from "../../model/format.ts";
import { formatRoute, runAddress } from "../../model/routes.ts";
import { findNextRetry, nameOfStep } from "../../model/run-facts.ts";
import { RunActions } from "./run-actions.tsx";

/**
 * What a run is and how it stands, with the buttons that change it.
 *
 * @param props - The run, and whom to tell when a button has changed it.
 * @returns The header.
 */
export function RunHeader({ run, onOperated }: { readonly run: Run; readonly onOperated: () => void }): JSX.Element {
  return (
    <header class="run-header">
      <div class="run-title">
        <h1 tabIndex={-1}>
          <a href={formatRoute({ page: "workflow", name: run.workflow })}>{run.workflow}</a>
          <span class="muted version"> v{run.version}</span>
        </h1>
        <span class="large" role="status">
          <StatusBadge status={run.status} />
        </span>
        <RunActions run={run} onOperated={onOperated} />
      </div>
      <dl class="facts">
        <Fact name="Run">
          <code title={run.id}>{shortenId(run.id)}</code>
          <CopyButton text={run.id} what="run id" />
        </Fact>
        <Fact name="Elapsed">
          <Elapsed startedAt={run.startedAt} endedAt={run.endedAt} />
        </Fact>
        <Fact name="Steps">
          {run.counts.completed + run.counts.skipped}/{run.counts.total}
        </Fact>
        <Fact name="Attempts">{run.attempts}</Fact>
        <Fact name="Created">
          <TimeAgo at={run.createdAt} />
        </Fact>
        {run.rerunOf === null ? null : (
          <Fact name="Repeats">
            <a href={runAddress(run.rerunOf)}>{shortenId(run.rerunOf)}</a>
          </Fact>
        )}
      </dl>
      <Labels labels={run.labels} />
      <Pending run={run} />
    </header>
  );
}

/** Labels are anybody's text, up to 32 of 256 characters: they scroll in a place of their own. */
function Labels({ labels }: { readonly labels: Run["labels"] }): JSX.Element | null {
  const entries = Object.entries(labels);
  if (entries.length === 0) return null;
  return (
    <div class="labels" role="group" aria-label="Labels" tabIndex={0}>
      <dl class="facts">
        {entries.map(([name, value]) => (
          <Fact key={name} name={name}>
            <bdi>{value}</bdi>
          </Fact>
        ))}
      </dl>
    </div>
  );
}

function Fact({
  name,
  children,
}: {
  readonly name: string;
  readonly children: JSX.Element["props"]["children"];
}): JSX.Element {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What the run waits for, when it waits. */
function Pending({ run }: { readonly run: Run }): JSX.Element | null {
  const retry = findNextRetry(run);
  if (retry !== null && run.endedAt === null) {
    return (
      <p class="pending retrying-note">
        ↻ {nameOfStep(retry.key)} failed {retry.attempt} of {retry.maxAttempts} times and is tried again{" "}
        <Countdown at={retry.nextRetryAt} />.
      </p>
    );
  }
  const [waiting] = run.waitingFor;
  if (waiting === undefined) return null;
  return (
    <p class="pending">
      ◷ {nameOfStep(waiting.step)} waits
      {waiting.until === null ? (
        " for something to arrive"
      ) : (
        <>
          {" "}
          and goes on <Countdown at={waiting.until} />
        </>
      )}
      .
    </p>
  );
}
