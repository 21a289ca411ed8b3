import type { JSX } from "preact";
import type { FeedState } from "../live/feed.ts";
import { feedState, retryFeed } from "../live/page-feed.ts";
import { formatDuration } from "../model/format.ts";
import { nowMs } from "../state/now.ts";

/**
 * Says how fresh the page is; a click connects again at once.
 *
 * @returns The badge; nothing on pages that do not change.
 */
export function ConnectionBadge(): JSX.Element | null {
  const state = feedState.value;
  if (state === null) return null;
  const { icon, word, hint } = describeState(state);
  return (
    <button type="button" class={`connection ${state.kind}`} title={hint} onClick={retryFeed}>
      <span aria-hidden="true">{icon}</span> <span class="connection-word">{word}</span>
    </button>
  );
}

function describeState(state: FeedState): { readonly icon: string; readonly word: string; readonly hint: string } {
  switch (state.kind) {
    case "connecting":
      return { icon: "◌", word: "Connecting", hint: "Asking for what is new" };
    case "live":
      return { icon: "●", word: "Live", hint: "Changes arrive as they happen" };
    case "polling":
      return { icon: "●", word: "Polling", hint: "Asking every few seconds; click to ask now" };
    case "paused":
      return { icon: "‖", word: "Paused", hint: "This tab is hidden" };
    case "final":
      return { icon: "■", word: "Final", hint: "The run has ended; nothing more will change" };
    case "reconnecting": {
      const left = formatDuration(Math.max(1_000, state.retryAtMs - nowMs.value));
      return { icon: "◌", word: `Reconnecting in ${left}`, hint: "What you see may be out of date; click to try now" };
    }
  }
}
