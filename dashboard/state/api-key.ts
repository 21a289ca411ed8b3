import { signal } from "@preact/signals";
import { isApiKey } from "../model/key-link.ts";
import { dropKept, keepText, readKept } from "./kept.ts";
import { notify } from "./notices.ts";

const KEPT_AS = "baton.api-key";

/** The API key that requests carry; null until there is one. */
export const apiKey = signal<string | null>(null);

/** Why a key is asked for, when the one before was refused. */
export const keyRefusal = signal<string | null>(null);

/** Takes the key that this browser keeps. */
export function loadApiKey(): void {
  apiKey.value = readKey();
}

/**
 * Uses a key from now on.
 *
 * @param key - The key.
 * @param remember - Whether it is kept when this tab is closed.
 */
export function keepApiKey(key: string, remember: boolean): void {
  if (!keepText(KEPT_AS, key, remember ? "device" : "tab")) {
    notify("error", "This browser keeps nothing for this page. The key is in use until the page is loaded anew.");
  }
  keyRefusal.value = null;
  apiKey.value = key;
}

/** Drops the key, as the person wanted, and asks for another. */
export function forgetApiKey(): void {
  dropKept(KEPT_AS);
  keyRefusal.value = null;
  apiKey.value = null;
}

/**
 * Drops a key that the API refused, and asks for another. An answer about a key that is no longer in use changes
 * nothing, and a key that another tab has put in its place is used instead.
 *
 * @param key - The key that the request carried.
 * @param reason - What the API said.
 */
export function dropRefusedKey(key: string, reason: string): void {
  if (readKey() === key) dropKept(KEPT_AS);
  if (apiKey.value !== key) return;
  const next = readKey();
  keyRefusal.value = next === null ? reason : null;
  apiKey.value = next;
}

function readKey(): string | null {
  const kept = readKept(KEPT_AS);
  return kept !== null && isApiKey(kept) ? kept : null;
}
