import type { JSX } from "preact";
import { identity } from "../state/identity.ts";
import { answerOffer, offeredKey } from "../state/offered-key.ts";
import { ConfirmDialog } from "./confirm-dialog.tsx";

/**
 * Asks whether the key of a link shall replace the one in use.
 *
 * @returns The question; nothing while there is none.
 */
export function KeyQuestion(): JSX.Element | null {
  const offered = offeredKey.value;
  if (offered === null) return null;
  return (
    <ConfirmDialog
      title="Use the key of this link?"
      action="Use the link's key"
      refusal="Keep mine"
      onConfirm={() => answerOffer("use")}
      onClose={() => answerOffer("ignore")}
    >
      <p>
        You opened a link that carries another API key: {describe(offered.identity)}. This browser has one already:{" "}
        {describe(identity.value)}. If you use the link's key, this browser forgets yours.
      </p>
      <p>Say yes only if you know who made the link.</p>
    </ConfirmDialog>
  );
}

function describe(whose: typeof identity.value): string {
  return whose === null ? "the API does not say whose" : `${whose.name}, role ${whose.role}`;
}
