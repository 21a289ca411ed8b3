import { describe, expect, it } from "vitest";
import { findRefusal } from "../../../../src/adapters/http/address-guard.ts";

const REFUSED = [
  // Loopback, in every spelling that a URL parser accepts.
  "http://127.0.0.1/",
  "http://127.0.0.1:8080/",
  "http://127.255.255.254/",
  "http://127.1/",
  "http://127.0.1/",
  "http://2130706433/",
  "http://0x7f000001/",
  "http://0x7f.0.0.1/",
  "http://0177.0.0.1/",
  "http://017700000001/",
  "http://0x7F.1/",
  "http://127.0.0.1./",
  "http://%31%32%37.0.0.1/",
  "http://127。0。0。1/",
  "http://①②⑦.0.0.1/",
  "http://[::1]/",
  "http://[0:0:0:0:0:0:0:1]/",
  "http://localhost/",
  "http://LOCALHOST/",
  "http://localhost./",
  "http://localhost../",
  "http://api.localhost/",
  "http://localhost.localdomain/",
  // Unspecified and "this network".
  "http://0/",
  "http://0.0.0.0/",
  "http://0.1.2.3/",
  "http://[::]/",
  // Private.
  "http://10.0.0.1/",
  "http://10.255.255.255/",
  "http://172.16.0.1/",
  "http://172.31.255.255/",
  "http://192.168.1.1/",
  "http://3232235777/",
  "http://[fc00::1]/",
  "http://[fd12:3456:789a::1]/",
  "http://[fec0::1]/",
  // Link-local and metadata.
  "http://169.254.169.254/latest/meta-data/",
  "http://169.254.0.1/",
  "http://2852039166/",
  "http://0xa9fea9fe/",
  "http://0251.0376.0251.0376/",
  "http://[fe80::1]/",
  "http://[fd00:ec2::254]/",
  "http://168.63.129.16/",
  "http://192.0.0.192/",
  "http://100.100.100.200/",
  "http://metadata.google.internal/",
  // Carrier-grade NAT, documentation, benchmarks, multicast, reserved, broadcast.
  "http://100.64.0.1/",
  "http://100.127.255.255/",
  "http://192.0.2.1/",
  "http://192.88.99.1/",
  "http://198.18.0.1/",
  "http://198.19.255.255/",
  "http://198.51.100.7/",
  "http://203.0.113.7/",
  "http://224.0.0.1/",
  "http://239.255.255.255/",
  "http://240.0.0.1/",
  "http://255.255.255.255/",
  "http://[ff02::1]/",
  "http://[2001:db8::1]/",
  "http://[3fff::1]/",
  "http://[100::1]/",
  // IPv4 inside IPv6: mapped, compatible, NAT64, 6to4, Teredo.
  "http://[::ffff:127.0.0.1]/",
  "http://[::ffff:7f00:1]/",
  "http://[::ffff:10.0.0.1]/",
  "http://[::ffff:8.8.8.8]/",
  "http://[::127.0.0.1]/",
  "http://[64:ff9b::7f00:1]/",
  "http://[64:ff9b:1::a00:1]/",
  "http://[2002:7f00:1::]/",
  "http://[2001::1]/",
  "http://[2001:0:7f00:1::]/",
  // Names that only a local network knows.
  "http://redis/",
  "http://db./",
  "http://printer.local/",
  "http://vault.internal/",
  "http://vault.internal./",
  "http://api.default.svc.cluster.local/",
  "http://api.default.svc/",
  "http://nas.lan/",
  "http://localhost6.localdomain6/",
  "http://redis.service.consul/",
  "http://service.namespace/",
  "http://api.default.svc.cluster/",
  "http://x.test/",
  "http://x.example/",
  "http://x.invalid/",
  "http://x.onion/",
  "http://x.alt/",
  "http://fritz.box.fritz/",
  "http://host.docker.internal/",
  "http://a.b.c.d.e/",
  "http://1.0.0.127.in-addr.arpa/",
  // Public by its ending, served inside a cloud alone.
  "http://metadata.goog/",
  "http://METADATA.goog./",
  "http://a.metadata.goog/",
  "http://router.home.arpa/",
] as const;

const ALLOWED = [
  "https://api.example.com/",
  "https://api.example.com./",
  "http://api.example.com:8080/",
  "https://localhost.example.com/",
  "https://internal.example.com/",
  "https://my-local.dev/",
  "https://API.EXAMPLE.ORG/",
  "https://example.co.uk/",
  "https://blog.google/",
  "https://about.goog/",
  "https://пример.рф/",
  "https://xn--e1afmkfd.xn--p1ai/",
  "https://example.vermögensberatung/",
  "https://10.example.com/",
  "https://8.8.8.8/",
  "https://1.1.1.1/",
  "https://9.255.255.255/",
  "https://11.0.0.0/",
  "https://100.63.255.255/",
  "https://100.128.0.0/",
  "https://172.15.255.255/",
  "https://172.32.0.0/",
  "https://169.253.255.255/",
  "https://192.167.255.255/",
  "https://198.17.255.255/",
  "https://198.20.0.0/",
  "https://223.255.255.255/",
  "https://[2606:4700:4700::1111]/",
  "https://[2001:4860:4860::8888]/",
  "https://[2a00::]/",
  "https://[2001:200::1]/",
];

const NEVER = [
  ["https://user:secret@api.example.com/", "authorization"],
  ["https://user@api.example.com/", "authorization"],
  ["ftp://api.example.com/", "use https"],
  ["file:///etc/passwd", "use https"],
  ["data:text/plain,hello", "use https"],
  ["http://api.example.com:25/", "port 25"],
  ["http://api.example.com:6379/", "port 6379"],
] as const;

describe("findRefusal", () => {
  it.each(REFUSED)("refuses the private or reserved address %s", (address) => {
    expect(findRefusal(new URL(address), { allowPrivateAddresses: false })).toContain("use a public address");
  });

  it.each(REFUSED)("lets a deployment allow %s", (address) => {
    expect(findRefusal(new URL(address), { allowPrivateAddresses: true })).toBeNull();
  });

  it.each(ALLOWED)("allows the public address %s", (address) => {
    expect(findRefusal(new URL(address), { allowPrivateAddresses: false })).toBeNull();
  });

  it.each(NEVER)("refuses %s whatever the deployment allows, and says what to do", (address, hint) => {
    expect(findRefusal(new URL(address), { allowPrivateAddresses: true })).toContain(hint);
  });

  it("does not repeat the credentials it refuses", () => {
    const refusal = findRefusal(new URL("https://user:secret@api.example.com/"), { allowPrivateAddresses: false });
    expect(refusal).not.toContain("secret");
  });
});
