import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { operateRun, type RunAction } from "../../api-client.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { OperatorButton } from "../../components/operator-button.tsx";
import type { Json, Run } from "../../model/api-types.ts";
import { goTo } from "../../state/location.ts";
import { notify } from "../../state/notices.ts";

const DONE = {
  cancel: "Canceled the run.",
  pause: "Paused the run: what runs may finish, nothing new begins.",
  resume: "The run goes on.",
  retry: "The run goes on from what failed.",
  rerun: "Started a new run of the same version.",
} as const satisfies Record<RunAction, string>;

/**
 * The buttons that change a run: those that its state allows.
 *
 * @param props - The run, and whom to tell when a button has changed it.
 * @returns The buttons.
 */
export function RunActions({ run, onOperated }: { readonly run: Run; readonly onOperated: () => void }): JSX.Element {
  const isAsking = useSignal(false);
  const act = (action: RunAction, body: Json = {}): void => void operate(run, { action, body }, onOperated);
  const isOpen = run.endedAt === null;
  return (
    <div class="actions">
      {run.status === "FAILED" ? <Action label="Retry" kind="primary" onClick={() => act("retry")} /> : null}
      {run.status === "PAUSED" ? <Action label="Resume" kind="primary" onClick={() => act("resume")} /> : null}
      {isOpen && run.status !== "PAUSED" ? <Action label="Pause" onClick={() => act("pause")} /> : null}
      {isOpen ? (
        <Action
          label="Cancel"
          onClick={() => {
            isAsking.value = true;
          }}
        />
      ) : null}
      <Action label="Run again" onClick={() => act("rerun")} />
      <CopyButton text={location.href} what="the link to this page" label="Copy link" />
      {isAsking.value ? (
        <CancelDialog
          onCancel={(reason) => {
            isAsking.value = false;
            act("cancel", reason === "" ? {} : { reason });
          }}
          onClose={() => {
            isAsking.value = false;
          }}
        />
      ) : null}
    </div>
  );
}

function Action({
  label,
  kind = "",
  onClick,
}: {
  readonly label: string;
  readonly kind?: "primary" | "";
  readonly onClick: () => void;
}): JSX.Element {
  return (
    <OperatorButton look={`button small ${kind}`} onClick={onClick}>
      {label}
    </OperatorButton>
  );
}

function CancelDialog({
  onCancel,
  onClose,
}: {
  readonly onCancel: (reason: string) => void;
  readonly onClose: () => void;
}): JSX.Element {
  const reason = useSignal("");
  return (
    <ConfirmDialog
      title="Cancel this run?"
      action="Cancel the run"
      onConfirm={() => onCancel(reason.value.trim())}
      onClose={onClose}
    >
      <p>Nothing new begins, and results that arrive later are not used. A canceled run cannot go on.</p>
      <label class="stacked">
        Reason (kept in the audit log)
        <input
          type="text"
          maxLength={500}
          value={reason.value}
          onInput={(event) => {
            reason.value = event.currentTarget.value;
          }}
        />
      </label>
    </ConfirmDialog>
  );
}

async function operate(
  run: Run,
  { action, body }: { readonly action: RunAction; readonly body: Json },
  onOperated: () => void,
): Promise<void> {
  const result = await operateRun(run.id, action, body);
  if (!result.ok) {
    notify("error", `${action} was refused: ${result.problem.detail}.`);
    return;
  }
  notify("info", DONE[action]);
  if (action === "rerun") goTo({ page: "run", runId: result.value.id, step: null, view: null });
  else onOperated();
}
