import { computed, effect, signal } from "@preact/signals";
import { getIdentity } from "../api-client.ts";
import type { Identity } from "../model/api-types.ts";
import { apiKey } from "./api-key.ts";

/** Whose key is in use; null until the API has said so. */
export const identity = signal<Identity | null>(null);

/**
 * Why the person may not start or change runs; null when they may. As long as nobody knows it is null too: the API
 * decides in any case.
 */
export const denial = computed<string | null>(() =>
  identity.value?.role === "viewer"
    ? `The key ${identity.value.name} may only look (role viewer). Changes need a key with the role operator.`
    : null,
);

/** Asks whose key is in use, now and whenever it is another. */
export function watchIdentity(): void {
  effect(() => {
    identity.value = null;
    const key = apiKey.value;
    if (key === null) return undefined;
    const controller = new AbortController();
    void getIdentity({ key, signal: controller.signal }).then((result) => {
      if (result.ok && !controller.signal.aborted) identity.value = result.value;
    });
    return () => controller.abort();
  });
}
