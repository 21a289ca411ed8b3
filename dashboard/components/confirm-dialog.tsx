import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

/**
 * Asks before something that cannot be taken back. The focus goes back to where it was when it closes.
 *
 * @param props - The question, its details, the words on its two buttons, and what to do.
 * @returns The dialog, open.
 */
export function ConfirmDialog({
  title,
  action,
  refusal = "Keep it",
  children,
  onConfirm,
  onClose,
}: {
  readonly title: string;
  readonly action: string;
  readonly refusal?: string;
  readonly children: ComponentChildren;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="dialog-title" onClose={onClose}>
      <h2 id="dialog-title">{title}</h2>
      {children}
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={onClose}>
          {refusal}
        </button>
        <button type="button" class="button danger" onClick={onConfirm}>
          {action}
        </button>
      </div>
    </dialog>
  );
}
