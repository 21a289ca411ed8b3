import type { JSX } from "preact";
import { CopyButton } from "../../components/copy-button.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { Countdown, Elapsed, TimeAgo } from "../../components/time.tsx";
import type { Run } from "../../model/api-types.ts";
import { shortenId } from "../../model/format.ts";
import { formatRoute, runAddress } from "../../model/routes.ts";
import { findNextRetry, nameOfStep } from "../../model/run-facts.ts";
import { RunActions } from "./run-actions.tsx";

/** Waits that are told of at once. */
const WAITS_MAX = 3;

/**
 * What a run is and how it stands, with the buttons that change it.
 *
 * @param props - The run, whom to tell when a button has changed it, and how to open a step.
 * @returns The header.
 */
export function RunHeader({
  run,
  onOperated,
  onSelect,
}: {
  readonly run: Run;
  readonly onOperated: () => void;
  readonly onSelect: (key: string) => void;
}): JSX.Element {
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
      <Pending run={run} onSelect={onSelect} />
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
function Pending({ run, onSelect }: { readonly run: Run; readonly onSelect: (key: string) => void }): JSX.Element {
  const retry = run.endedAt === null ? findNextRetry(run) : null;
  const waits = run.waitingFor.slice(0, WAITS_MAX);
  return (
    <>
      {retry === null ? null : (
        <p class="pending retrying-note">
          ↻ {nameOfStep(retry.key)} failed {retry.attempt} of {retry.maxAttempts} times and is tried again{" "}
          <Countdown at={retry.nextRetryAt} />.
        </p>
      )}
      {waits.map((wait) => (
        <p key={wait.step} class="pending waiting">
          ◷{" "}
          <button type="button" class="link" onClick={() => onSelect(wait.step)}>
            {nameOfStep(wait.step)}
          </button>{" "}
          <Wait wait={wait} />.
        </p>
      ))}
      {waits.length < run.waitingFor.length ? <p class="muted">More steps wait: they are in the lists below.</p> : null}
    </>
  );
}

function Wait({ wait }: { readonly wait: Run["waitingFor"][number] }): JSX.Element {
  const { for: what, until } = wait;
  if (what.kind === "items") {
    return (
      <>
        has {what.completed} of {what.total} items done
      </>
    );
  }
  const end = until === null ? "for as long as it takes" : <Countdown at={until} />;
  return what.kind === "signal" ? (
    <>
      waits for the signal <code>{what.name}</code>
      {until === null ? " " : ", and gives up "}
      {end}
    </>
  ) : (
    <>waits, and goes on {end}</>
  );
}
