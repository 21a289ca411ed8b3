import type { JSX } from "preact";
import { ALL_RUNS, formatRoute, type Route } from "../model/routes.ts";
import { apiKey, forgetApiKey } from "../state/api-key.ts";
import { denial, identity } from "../state/identity.ts";
import { route } from "../state/location.ts";
import { switchTheme, theme, type Theme } from "../state/theme.ts";
import { ConnectionBadge } from "./connection-badge.tsx";
import { Icon, Logo } from "./icons.tsx";

interface Place {
  readonly label: string;
  readonly target: Route;
  readonly pages: readonly Route["page"][];
}

const PLACES: readonly Place[] = [
  { label: "Runs", target: { page: "runs", filter: ALL_RUNS }, pages: ["runs", "run"] },
  { label: "Workflows", target: { page: "workflows" }, pages: ["workflows", "workflow"] },
  { label: "Audit", target: { page: "audit" }, pages: ["audit"] },
];

const THEME_ICONS = { system: "◑\uFE0E", light: "☀\uFE0E", dark: "☾\uFE0E" } as const satisfies Record<Theme, string>;

/**
 * The bar on top of every page: where one is, how fresh it is, colours and key.
 *
 * @returns The bar.
 */
export function TopBar(): JSX.Element {
  return (
    <header class="top-bar">
      <a class="skip-link" href={formatRoute(route.value)} onClick={focusContent}>
        Skip to content
      </a>
      <a class="brand" href={formatRoute({ page: "runs", filter: ALL_RUNS })} aria-label="Baton: all runs">
        <Logo />
        <span>Baton</span>
      </a>
      <nav aria-label="Main">
        {PLACES.map((place) => (
          <a key={place.label} href={formatRoute(place.target)} {...currentMark(place)}>
            {place.label}
          </a>
        ))}
      </nav>
      <span class="spacer" />
      {denial.value === null ? null : (
        <span class="view-only wide" title={denial.value}>
          View only
        </span>
      )}
      <ConnectionBadge />
      <button type="button" class="icon-button" title={`Colours: ${theme.value}`} onClick={switchTheme}>
        <span aria-hidden="true">{THEME_ICONS[theme.value]}</span>
        <span class="visually-hidden">Colours: {theme.value}</span>
      </button>
      {apiKey.value === null ? null : (
        <button type="button" class="icon-button" title={describeKey()} onClick={forgetApiKey}>
          <Icon name="leave" />
          <span class="visually-hidden">Forget the API key</span>
        </button>
      )}
    </header>
  );
}

function describeKey(): string {
  const whose = identity.value;
  return `Forget the API key${whose === null ? "" : `: ${whose.name}, ${whose.role}`}`;
}

function currentMark(place: Place): { readonly "aria-current"?: "page" } {
  return place.pages.includes(route.value.page) ? { "aria-current": "page" } : {};
}

function focusContent(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("main h1")?.focus();
}
