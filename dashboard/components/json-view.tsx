import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Json } from "../model/api-types.ts";
import { formatBytes } from "../model/format.ts";
import { CopyButton } from "./copy-button.tsx";

const PREVIEW_CHARS_MAX = 64 * 1024;
const DOWNLOAD_KEPT_MS = 10_000;

/**
 * Shows a JSON value, with buttons to copy and to download it. What is too long is cut, and a note beside it says so.
 *
 * @param props - The value, and its name for labels and for the file.
 * @returns The view.
 */
export function JsonView({ value, name }: { readonly value: Json; readonly name: string }): JSX.Element {
  const isWrapped = useSignal(true);
  const text = JSON.stringify(value, null, 2);
  const isCut = text.length > PREVIEW_CHARS_MAX;
  return (
    <div class="json-view">
      <div class="json-tools">
        <span class="muted">{formatBytes(new Blob([JSON.stringify(value)]).size)}</span>
        <label class="check">
          <input
            type="checkbox"
            checked={isWrapped.value}
            onChange={(event) => {
              isWrapped.value = event.currentTarget.checked;
            }}
          />
          Wrap
        </label>
        <CopyButton text={text} what={name} label="Copy" />
        <button
          type="button"
          class="button small"
          onClick={() => download(text, `${name.replaceAll(/\W+/g, "-")}.json`)}
        >
          Download
        </button>
      </div>
      {isCut ? <p class="note">Shown are the first 64 KiB. Copy and Download have all of it.</p> : null}
      <pre class={isWrapped.value ? "json wrapped" : "json"} tabIndex={0} aria-label={name}>
        {isCut ? text.slice(0, PREVIEW_CHARS_MAX) : text}
      </pre>
    </div>
  );
}

function download(text: string, fileName: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = fileName;
  link.click();
  // The browser reads the blob after the click has returned.
  setTimeout(() => URL.revokeObjectURL(link.href), DOWNLOAD_KEPT_MS);
}
