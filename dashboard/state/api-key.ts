import { signal } from "@preact/signals";

const STORED_AS = "baton.api-key";

/** The API key that requests carry; null until there is one. */
export const apiKey = signal<string | null>(null);

/** Why a key is asked for, when the one before was refused. */
export const keyRefusal = signal<string | null>(null);

/** Reads the key: from the address (`#key=...`), which forgets it at once, else from where it was kept. */
export function loadApiKey(): void {
  const given = /^#key=(?<key>[\x21-\x7e]{1,512})$/.exec(location.hash)?.groups?.["key"];
  if (given === undefined) {
    apiKey.value = localStorage.getItem(STORED_AS) ?? sessionStorage.getItem(STORED_AS);
    return;
  }
  history.replaceState(null, "", `${location.pathname}${location.search}#/`);
  keepApiKey(decodeURIComponent(given), true);
}

/**
 * Uses a key from now on.
 *
 * @param key - The key.
 * @param remember - Whether it is kept when this tab is closed.
 */
export function keepApiKey(key: string, remember: boolean): void {
  forgetStored();
  (remember ? localStorage : sessionStorage).setItem(STORED_AS, key);
  keyRefusal.value = null;
  apiKey.value = key;
}

/**
 * Drops the key and asks for another.
 *
 * @param reason - Why, or null when the person wanted it so.
 */
export function forgetApiKey(reason: string | null): void {
  forgetStored();
  keyRefusal.value = reason;
  apiKey.value = null;
}

function forgetStored(): void {
  localStorage.removeItem(STORED_AS);
  sessionStorage.removeItem(STORED_AS);
}
