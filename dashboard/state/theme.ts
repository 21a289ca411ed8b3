import { signal } from "@preact/signals";

/** Which colours to use; `system` follows the device. */
export type Theme = "system" | "light" | "dark";

const STORED_AS = "baton.theme";
const NEXT = { system: "light", light: "dark", dark: "system" } as const satisfies Record<Theme, Theme>;

/** The colours in use. */
export const theme = signal<Theme>("system");

/** Takes the colours that were chosen last. */
export function loadTheme(): void {
  const stored = localStorage.getItem(STORED_AS);
  applyTheme(stored === "light" || stored === "dark" ? stored : "system");
}

/** Changes to the next of system, light and dark. */
export function switchTheme(): void {
  const next = NEXT[theme.value];
  localStorage.setItem(STORED_AS, next);
  applyTheme(next);
}

function applyTheme(next: Theme): void {
  theme.value = next;
  document.documentElement.dataset["theme"] = next;
}
