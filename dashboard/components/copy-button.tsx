import type { JSX } from "preact";
import { notify } from "../state/notices.ts";
import { Icon } from "./icons.tsx";

/**
 * A button that copies text.
 *
 * @param props - The text, what it is (for the label and the message), and the button's words; without them it is a
 *   small icon.
 * @returns The button.
 */
export function CopyButton({
  text,
  what,
  label,
}: {
  readonly text: string;
  readonly what: string;
  readonly label?: string;
}): JSX.Element {
  const onClick = (): void => void copy(text, what);
  if (label !== undefined) {
    return (
      <button type="button" class="button small" onClick={onClick}>
        {label}
      </button>
    );
  }
  return (
    <button type="button" class="icon-button" title={`Copy ${what}`} onClick={onClick}>
      <Icon name="copy" />
      <span class="visually-hidden">Copy {what}</span>
    </button>
  );
}

async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notify("info", `Copied ${what}.`);
  } catch {
    notify(
      "error",
      `The browser did not let this page copy ${what}: it needs https or localhost, and your permission.`,
    );
  }
}
