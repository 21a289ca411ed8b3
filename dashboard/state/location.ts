import { computed, signal } from "@preact/signals";
import { formatRoute, parseRoute, type Route } from "../model/routes.ts";

const hash = signal("");

/** The place that the address names. */
export const route = computed<Route>(() => parseRoute(hash.value));

/** Follows the address from now on. */
export function watchLocation(): void {
  hash.value = location.hash;
  addEventListener("hashchange", () => {
    hash.value = location.hash;
  });
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
