import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { isApiKey } from "../model/key-link.ts";
import { keepApiKey, keyRefusal } from "../state/api-key.ts";
import { useTitle } from "../state/use-title.ts";

const NO_KEY = "This is no API key: a key has up to 512 plain letters, digits and signs, without spaces.";

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
    const given = key.value.trim();
    if (isApiKey(given)) keepApiKey(given, remember.value);
    else if (given !== "") keyRefusal.value = NO_KEY;
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
