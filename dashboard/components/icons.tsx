import type { JSX } from "preact";

const PATHS = {
  copy: "M5.5 5.5V3a1 1 0 0 1 1-1H13a1 1 0 0 1 1 1v6.5a1 1 0 0 1-1 1h-2.5M3 5.5h6.5a1 1 0 0 1 1 1V13a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V6.5a1 1 0 0 1 1-1Z",
  leave: "M6.5 2H3a1 1 0 0 0-1 1v10a1 1 0 0 0 1 1h3.5M10.5 11.5 14 8l-3.5-3.5M14 8H6",
} as const;

/**
 * A small drawing inside a button, which has the words.
 *
 * @param props - Which drawing.
 * @returns The drawing, in the colour of the text around it.
 */
export function Icon({ name }: { readonly name: keyof typeof PATHS }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/**
 * The sign of Baton, drawn in the page: as a file it would be one more request before the first paint.
 *
 * @returns The drawing.
 */
export function Logo(): JSX.Element {
  return (
    <svg class="logo" viewBox="0 0 32 32" width="20" height="20" aria-hidden="true">
      <rect width="32" height="32" rx="7" />
      <path d="M8 24 24 8" />
      <circle cx="10" cy="9" r="2.5" />
      <circle cx="23" cy="23" r="2.5" />
    </svg>
  );
}
