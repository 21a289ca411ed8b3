import { computed, signal } from "@preact/signals";
import { formatRoute, parseRoute, type Route } from "../model/routes.ts";
import { takeKeyLink } from "./offered-key.ts";

const hash = signal("");

/** The place that the address names. */
export const route = computed<Route>(() => parseRoute(hash.value));

/** Follows the address from now on. A link with a key is taken, and the page stays where it is. */
export function watchLocation(): void {
  readAddress();
  addEventListener("hashchange", readAddress);
}

/**
 * Changes the address without a new entry in the history: for filters and selections.
 *
 * @param next - The place.
 */
export function replaceRoute(next: Route): void {
  history.replaceState(null, "", formatRoute(next));
  hash.value = location.hash;
}

/**
 * Goes to a place.
 *
 * @param next - The place.
 */
export function goTo(next: Route): void {
  location.hash = formatRoute(next);
}

function readAddress(): void {
  if (takeKeyLink(location.hash)) {
    history.replaceState(null, "", `${location.pathname}${location.search}${hash.peek() === "" ? "#/" : hash.peek()}`);
  }
  hash.value = location.hash;
}
