import { useEffect } from "preact/hooks";

/**
 * Names the page in its tab and in the history.
 *
 * @param text - What the page shows, its state first.
 */
export function useTitle(text: string): void {
  useEffect(() => {
    document.title = `${text} · Baton`;
  }, [text]);
}
