/**
 * Reads what this browser keeps for the page.
 *
 * @param name - Its name.
 * @returns The text; null when there is none, or when the browser keeps nothing for this page.
 */
export function readKept(name: string): string | null {
  return attempt(() => localStorage.getItem(name)) ?? attempt(() => sessionStorage.getItem(name));
}

/**
 * Has the browser keep a text in place of the one before.
 *
 * @param name - Its name.
 * @param text - The text.
 * @param place - Whether it outlives the tab.
 * @returns Whether it is kept. A browser may refuse: storage is full, or switched off for this page.
 */
export function keepText(name: string, text: string, place: "device" | "tab"): boolean {
  dropKept(name);
  const kept = attempt(() => {
    (place === "device" ? localStorage : sessionStorage).setItem(name, text);
    return text;
  });
  return kept !== null;
}

/**
 * Drops a text that the browser keeps.
 *
 * @param name - Its name.
 */
export function dropKept(name: string): void {
  attempt(() => {
    localStorage.removeItem(name);
    return null;
  });
  attempt(() => {
    sessionStorage.removeItem(name);
    return null;
  });
}

/** Even to name `localStorage` throws where a person has switched it off. */
function attempt(use: () => string | null): string | null {
  try {
    return use();
  } catch {
    return null;
  }
}
