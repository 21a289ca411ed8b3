import topLevelDomains from "tlds" with { type: "json" };
import { isPublicAddress } from "./ip-address.ts";

/** What a deployment lets its steps call. */
export interface AddressPolicy {
  /** Whether private, loopback, link-local and metadata addresses may be called; for local stacks. */
  readonly allowPrivateAddresses: boolean;
}

// Public by its ending, yet served inside a cloud alone; and the ending that networks keep for their own machinery.
const PRIVATE_SUFFIXES = ["metadata.goog", "arpa"];

// Made when first asked: the list is in Unicode, hosts of URLs are in ASCII.
let publicEndings: ReadonlySet<string> | null = null;

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
 * It judges what the URL says. Which address a name stands for is decided where the connection is made: the outbound
 * client of the local stack looks there and refuses too. Inside the runtime's own `fetch` a Worker can neither look nor
 * pin the answer, so a public name that stands for a private address (DNS rebinding) passes. On Cloudflare's network
 * that `fetch` reaches no private network; elsewhere, an egress firewall has to close the gap.
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
    ? `${url.hostname.slice(0, 253)} is a private, local or reserved address or no public name, which this deployment does not let steps call: use a public address`
    : null;
}

function isPublicHost(host: string): boolean {
  const name = host.replace(/\.+$/, "");
  return isPublicAddress(name) ?? isPublicName(name);
}

// A public name has a dot, and an ending that the root of the DNS knows. All others are names of local networks, or of
// nothing: `localhost`, `redis.service.consul`, `api.namespace`, `x.test`.
function isPublicName(name: string): boolean {
  const ending = name.slice(name.lastIndexOf(".") + 1);
  const isPrivate = PRIVATE_SUFFIXES.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));
  return name.includes(".") && !isPrivate && listPublicEndings().has(ending);
}

function listPublicEndings(): ReadonlySet<string> {
  publicEndings ??= new Set(topLevelDomains.map((ending) => new URL(`http://${ending}`).hostname));
  return publicEndings;
}
