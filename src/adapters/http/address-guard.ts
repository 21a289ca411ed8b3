import { isPublicAddress } from "./ip-address.ts";

/** What a deployment lets its steps call. */
export interface AddressPolicy {
  /** Whether private, loopback, link-local and metadata addresses may be called; for local stacks. */
  readonly allowPrivateAddresses: boolean;
}

const PRIVATE_SUFFIXES = [
  "localhost",
  "localdomain",
  "local",
  "internal",
  "intranet",
  "corp",
  "home",
  "lan",
  "private",
  "svc",
  "home.arpa",
];

// Line-based protocols that would take an HTTP request for commands: FTP, SSH, Telnet, SMTP, POP3, IMAP, Redis, IRC,
// memcached. Other ports are open: APIs listen anywhere.
const REFUSED_PORTS = new Set([
  "21",
  "22",
  "23",
  "25",
  "110",
  "143",
  "465",
  "587",
  "993",
  "995",
  "6379",
  "6667",
  "6697",
  "11211",
]);

/**
 * Says why an address must not be called. It is asked before every hop, redirects included.
 *
 * It judges what the URL says. Which address a name stands for is decided inside `fetch`, where a Worker can neither
 * look nor pin the answer: a public name that resolves to a private address (DNS rebinding) passes. On Cloudflare's
 * network `fetch` reaches no private network; elsewhere, an egress firewall has to close that gap.
 *
 * @param url - The parsed URL of the hop.
 * @param policy - What the deployment allows.
 * @returns The reason and the fix, or null when the address may be called.
 */
export function findRefusal(url: URL, policy: AddressPolicy): string | null {
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return `${url.protocol} addresses cannot be called: use https`;
  }
  if (url.username !== "" || url.password !== "") {
    return "the URL holds a user name or password: send them in an `authorization` header instead";
  }
  if (REFUSED_PORTS.has(url.port)) {
    return `port ${url.port} belongs to a protocol that is not HTTP: call the API's web port`;
  }
  const isRefused = !policy.allowPrivateAddresses && !isPublicHost(url.hostname);
  return isRefused
    ? `${url.hostname.slice(0, 253)} is a private, local or reserved address, which this deployment does not let steps call: use a public address`
    : null;
}

function isPublicHost(host: string): boolean {
  const name = host.replace(/\.+$/, "");
  return isPublicAddress(name) ?? isPublicName(name);
}

// A name without a dot is looked up in the local network; none is public.
function isPublicName(name: string): boolean {
  return name.includes(".") && !PRIVATE_SUFFIXES.some((suffix) => name.endsWith(`.${suffix}`));
}
