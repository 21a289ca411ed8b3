import { signal } from "@preact/signals";
import { keepText, readKept } from "./kept.ts";

/** Which colours to use; `system` follows the device. */
export type Theme = "system" | "light" | "dark";

const STORED_AS = "baton.theme";
const NEXT = { system: "light", light: "dark", dark: "system" } as const satisfies Record<Theme, Theme>;

/** The colours in use. */
export const theme = signal<Theme>("system");

/** Takes the colours that were chosen last. */
export function loadTheme(): void {
  const stored = readKept(STORED_AS);
  applyTheme(stored === "light" || stored === "dark" ? stored : "system");
}

/** Changes to the next of system, light and dark. */
export function switchTheme(): void {
  const next = NEXT[theme.value];
  keepText(STORED_AS, next, "device");
  applyTheme(next);
}

function applyTheme(next: Theme): void {
  theme.value = next;
  document.documentElement.dataset["theme"] = next;
}
