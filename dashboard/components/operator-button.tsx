import type { ComponentChildren, JSX } from "preact";
import { denial } from "../state/identity.ts";
import { notify } from "../state/notices.ts";

/**
 * A button that starts or changes a run. With a key that may only look it is disabled, and says why when it is pointed
 * at or pressed.
 *
 * @param props - How it looks, whether it is at work, what it does, and its words.
 * @returns The button.
 */
export function OperatorButton({
  look,
  isBusy = false,
  onClick,
  children,
}: {
  readonly look: string;
  readonly isBusy?: boolean;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  const reason = denial.value;
  if (reason === null) {
    return (
      <button type="button" class={look} aria-disabled={isBusy} onClick={onClick}>
        {children}
      </button>
    );
  }
  // It can be focused and pressed all the same: a reason that only a mouse can find is none.
  return (
    <button type="button" class={`${look} denied`} aria-disabled title={reason} onClick={() => notify("info", reason)}>
      {children}
    </button>
  );
}
