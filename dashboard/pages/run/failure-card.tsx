import type { JSX } from "preact";
import { CopyButton } from "../../components/copy-button.tsx";
import type { Failure, Run } from "../../model/api-types.ts";
import { nameOfStep } from "../../model/run-facts.ts";

/**
 * Says first of all why a run failed.
 *
 * @param props - The run, its error, and how to open a step.
 * @returns The card.
 */
export function FailureCard({
  run,
  error,
  onOpen,
}: {
  readonly run: Run;
  readonly error: Failure;
  readonly onOpen: (step: string) => void;
}): JSX.Element {
  const { step } = error;
  const attemptsMax = run.steps.find(({ key }) => key === step)?.maxAttempts ?? null;
  return (
    <section class="failure-card" aria-label="Why it failed">
      <p class="failure-where">
        <strong>✕ {step === null ? "The run" : nameOfStep(step)} failed</strong>
        {error.attempt === null ? null : (
          <span>
            attempt {error.attempt}
            {attemptsMax === null ? "" : ` of ${attemptsMax}`}
          </span>
        )}
        <code>{error.code}</code>
      </p>
      <div class="failure-message bounded" role="group" aria-label="Error message" tabIndex={0} dir="auto">
        {error.message}
      </div>
      <HttpLine error={error} />
      <p class="actions">
        {step === null ? null : (
          <button type="button" class="button small" onClick={() => onOpen(step)}>
            Open step
          </button>
        )}
        <CopyButton text={JSON.stringify(error, null, 2)} what="the error" label="Copy error" />
      </p>
    </section>
  );
}

/**
 * Says which call failed and how it was answered.
 *
 * @param props - The error.
 * @returns The line; nothing for errors that are not of a call.
 */
export function HttpLine({ error }: { readonly error: Failure }): JSX.Element | null {
  if (error.http === null) return null;
  const { method, url, status } = error.http;
  return (
    <p class="http-line">
      <code>
        {method} {url}
      </code>{" "}
      {status === null ? "was not answered" : `answered ${status}`}
    </p>
  );
}
