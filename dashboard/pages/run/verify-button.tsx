import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { ApiResult } from "../../api-call.ts";
import { verifyRun } from "../../api-client.ts";
import type { Verification } from "../../model/api-types.ts";

/**
 * Has the hash chain of a run's audit log checked, and says what was found.
 *
 * @param props - The run, and the number of its last event: the finding is about no other.
 * @returns The button and the finding.
 */
export function VerifyButton({ runId, seq }: { readonly runId: string; readonly seq: number }): JSX.Element {
  const finding = useSignal<{ readonly seq: number; readonly result: ApiResult<Verification> } | null>(null);
  const isAsking = useSignal(false);
  const verify = async (): Promise<void> => {
    isAsking.value = true;
    finding.value = { seq, result: await verifyRun(runId) };
    isAsking.value = false;
  };
  const current = finding.value?.seq === seq ? finding.value.result : null;
  return (
    <span class="verify">
      <span role="status">{current === null ? null : <Finding result={current} />}</span>
      <button type="button" class="button small" aria-disabled={isAsking.value} onClick={() => void verify()}>
        {isAsking.value ? "Verifying…" : "Verify"}
      </button>
    </span>
  );
}

function Finding({ result }: { readonly result: ApiResult<Verification> }): JSX.Element {
  if (!result.ok) return <span class="finding unknown">Not verified: {result.problem.detail}</span>;
  const { ok, events, head, brokenAt, reason } = result.value;
  if (!ok) {
    return (
      <span class="finding broken" title={reason}>
        ✕ Broken{brokenAt === undefined ? "" : ` at event ${brokenAt}`}
      </span>
    );
  }
  return (
    <span class="finding intact" title={`Hash of the last event: ${head}`}>
      ✓ {events} events intact
    </span>
  );
}
