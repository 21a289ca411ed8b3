/**
 * Tells whether an address is reachable by the public internet alone. Everything that a registry of special-purpose
 * addresses lists is not: loopback, private, link-local, carrier-grade NAT, documentation, multicast, metadata.
 *
 * @param host - The host of a parsed URL: the WHATWG parser has already turned `127.1`, `0x7f000001` or `2130706433`
 *   into four decimal numbers and IPv6 into its shortest form in brackets.
 * @returns True or false for an IP address; null when the host is a name.
 */
export function isPublicAddress(host: string): boolean | null {
  if (host.startsWith("[")) {
    return isPublicIpv6(host.slice(1, -1));
  }
  const ipv4 = IPV4.test(host) ? ipv4ToNumber(host) : null;
  return ipv4 === null ? null : !SPECIAL_IPV4.some(([network, prefix]) => isInIpv4(ipv4, network, prefix));
}

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

// From the IANA special-purpose registry, and two public addresses at which clouds serve metadata.
const SPECIAL_IPV4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["168.63.129.16", 32],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];

// Global unicast is 2000::/3; within it, these are tunnels to IPv4 (Teredo, 6to4) and documentation. That leaves out
// without a list: loopback, link-local, unique local, multicast, IPv4-mapped, IPv4-compatible and NAT64 addresses.
const SPECIAL_IPV6: readonly (readonly [number, number, number])[] = [
  [0x2001, 0x0000, 23],
  [0x2001, 0x0db8, 32],
  [0x2002, 0x0000, 16],
  [0x3fff, 0x0000, 20],
];

function isPublicIpv6(text: string): boolean {
  const first32Bits = readFirst32Bits(text);
  const isSpecial = SPECIAL_IPV6.some(([high, low, prefix]) => isSamePrefix(first32Bits, high * 65_536 + low, prefix));
  return isSamePrefix(first32Bits, 0x2000_0000, 3) && !isSpecial;
}

// Reads the first two groups, which is as far as every prefix above reaches.
function readFirst32Bits(text: string): number {
  const [head = "", tail] = text.split("::", 2);
  const groups = head === "" ? [] : head.split(":");
  const [high = "0", low = "0"] = tail === undefined || groups.length >= 2 ? groups : [...groups, "0", "0"];
  return Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
}

function ipv4ToNumber(text: string): number {
  return text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function isInIpv4(address: number, network: string, prefix: number): boolean {
  return isSamePrefix(address, ipv4ToNumber(network), prefix);
}

function isSamePrefix(left: number, right: number, prefix: number): boolean {
  const size = 2 ** (32 - prefix);
  return Math.floor(left / size) === Math.floor(right / size);
}
