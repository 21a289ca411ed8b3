import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { ApiResult } from "../api-call.ts";
import { type Resource, useResource } from "./use-resource.ts";

/** Least time between an answer and the next reading. */
const REREAD_AFTER_MS = 1_000;

/**
 * Asks for something, and again when it may have changed: never while an answer is on its way, and no sooner than 1 s
 * after one, whatever the number of changes.
 *
 * @param thing - Names what is asked for, without spaces. For another thing the old value is dropped.
 * @param version - Becomes another whenever the thing may have changed.
 * @param load - Asks.
 * @returns What is known.
 */
export function useLive<Value>(
  thing: string,
  version: string | number,
  load: (signal: AbortSignal) => Promise<ApiResult<Value>>,
): Resource<Value> {
  const asked = useSignal(version);
  const answered = useSignal<string | number | null>(null);
  const latest = useRef(version);
  latest.current = version;
  const resource = useResource(`${thing} ${asked.value}`, async (signal) => {
    const result = await load(signal);
    answered.value = asked.peek();
    return result;
  });
  const isBehind = asked.value !== version && answered.value === asked.value;
  useEffect(() => {
    if (!isBehind) return undefined;
    const timer = setTimeout(() => {
      asked.value = latest.current;
    }, REREAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isBehind]);
  return resource;
}
