import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ApiProblem, ApiResult } from "../api-call.ts";

/** What a page knows of something it asked for. The value stays while a newer one is on its way, or failed to come. */
export interface Resource<Value> {
  readonly value: Value | null;
  readonly problem: ApiProblem | null;
}

/**
 * Asks for something, and asks again when it becomes another thing.
 *
 * @param key - Names what is asked for. With another beginning (up to the first space) the old value is dropped.
 * @param load - Asks; null while there is nothing to ask for.
 * @returns What is known.
 */
export function useResource<Value>(
  key: string,
  load: ((signal: AbortSignal) => Promise<ApiResult<Value>>) | null,
): Resource<Value> {
  const known: Signal<Resource<Value> & { readonly of: string }> = useSignal({ of: "", value: null, problem: null });
  const [thing = ""] = key.split(" ");
  useEffect(() => {
    if (load === null) return undefined;
    const controller = new AbortController();
    void load(controller.signal).then((result) => {
      if (controller.signal.aborted) return;
      const kept = known.peek().of === thing ? known.peek().value : null;
      known.value = result.ok
        ? { of: thing, value: result.value, problem: null }
        : { of: thing, value: kept, problem: result.problem };
    });
    return () => controller.abort();
  }, [key, load === null]);
  return known.value.of === thing ? known.value : { value: null, problem: null };
}
