import type { Json } from "../../../domain/json.ts";
import { FormatFault } from "./format-fault.ts";

const SHOWN_LENGTH_MAX = 60;

/**
 * Takes a URL apart.
 *
 * @param text - An absolute URL.
 * @returns `{ protocol, host, hostname, port, path, query, fragment, origin }`: texts, percent-decoded in `query` alone.
 *   `protocol` has no colon, `port` is a number or null for the protocol's own, `fragment` is null when there is none.
 *   `query` holds a text for each name, or a list of texts for one that is given several times.
 * @throws FormatFault `D3209` when the text is no absolute URL.
 */
export function parseUrl(text: string): Json {
  const url = URL.parse(text);
  if (url === null) {
    throw new FormatFault("D3209", `"${text.slice(0, SHOWN_LENGTH_MAX)}" is no absolute URL`);
  }
  return {
    protocol: url.protocol.slice(0, -1),
    host: url.host,
    hostname: url.hostname,
    port: url.port === "" ? null : Number(url.port),
    path: url.pathname,
    query: gatherQuery(url.searchParams),
    fragment: url.hash === "" ? null : url.hash.slice(1),
    origin: url.origin,
  };
}

/** In one pass: to ask for each name would go through all of them each time. */
function gatherQuery(params: URLSearchParams): Json {
  const query = new Map<string, string[]>();
  for (const [name, value] of params) {
    const values = query.get(name);
    if (values === undefined) {
      query.set(name, [value]);
    } else {
      values.push(value);
    }
  }
  return Object.fromEntries(
    [...query].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? "") : values]),
  );
}
