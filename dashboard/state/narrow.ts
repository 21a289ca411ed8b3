import { signal } from "@preact/signals";

const query = matchMedia("(max-width: 720px)");

/** Whether the window is about as narrow as a phone; the style sheet changes at the same width. */
export const isNarrow = signal(query.matches);

query.addEventListener("change", () => {
  isNarrow.value = query.matches;
});
