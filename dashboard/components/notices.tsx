import type { JSX } from "preact";
import { dismissNotice, notices } from "../state/notices.ts";

/**
 * Shows the messages about what the person just did, in a region that screen readers announce.
 *
 * @returns The region, which is there also while it is empty.
 */
export function Notices(): JSX.Element {
  return (
    <section class="notices" aria-label="Notifications" aria-live="polite">
      {notices.value.map(({ id, kind, text }) => (
        <div key={id} class={`notice ${kind}`}>
          <span dir="auto">{text}</span>
          <button type="button" class="icon-button" aria-label="Dismiss" onClick={() => dismissNotice(id)}>
            ✕
          </button>
        </div>
      ))}
    </section>
  );
}
