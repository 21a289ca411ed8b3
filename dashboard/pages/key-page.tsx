import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { keepApiKey, keyRefusal } from "../state/api-key.ts";
import { useTitle } from "../state/use-title.ts";

/**
 * Asks for an API key.
 *
 * @returns The page.
 */
export function KeyPage(): JSX.Element {
  useTitle("API key");
  const key = useSignal("");
  const remember = useSignal(true);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (key.value.trim() !== "") keepApiKey(key.value.trim(), remember.value);
  };
  return (
    <main class="key-page">
      <h1>Paste an API key</h1>
      <p class="muted">
        <code>npm start</code> prints an address that carries one. It is kept in this browser and sent to this server
        only.
      </p>
      {keyRefusal.value === null ? null : (
        <p class="problem" role="alert">
          {keyRefusal.value}
        </p>
      )}
      <form class="key-form" onSubmit={submit}>
        <label for="api-key">API key</label>
        <input
          id="api-key"
          type="password"
          autoComplete="off"
          spellcheck={false}
          value={key.value}
          onInput={(event) => {
            key.value = event.currentTarget.value;
          }}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={remember.value}
            onChange={(event) => {
              remember.value = event.currentTarget.checked;
            }}
          />
          Remember it on this device
        </label>
        <button type="submit" class="button primary">
          Open the dashboard
        </button>
      </form>
    </main>
  );
}
