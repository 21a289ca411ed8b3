import { describe, expect, it } from "vitest";
import { signProof } from "../../../../src/api/signals/proof.ts";
import { runIdOf } from "../../../support/ids.ts";
import { AWAY_DATABASE, SETTINGS } from "../fake-services.ts";
import { RUN_ID, SIGNING_KEY, STEP_KEY } from "./signal-fixtures.ts";
import { ask, BROWSER, deploy, type Deployment, EXPIRED, JSON_BODY, NOW, PATH, PROOF, visit } from "./visits.ts";

describe("a GET of an address", () => {
  it("shows what is asked without a key, and does nothing", async () => {
    const deployment = deploy();
    const page = await visit({ path: PATH }, deployment);
    expect(page.status).toBe(200);
    expect(page.text).toContain("May order 7 be shipped?");
    expect(page.text).toContain('<form method="post"');
    expect(deployment.commands).toEqual([]);
  });

  it("does nothing either when it is a HEAD, as scanners of mail send it", async () => {
    const deployment = deploy();
    const { status, text } = await visit({ method: "HEAD", path: PATH }, deployment);
    expect([status, text, deployment.commands]).toEqual([200, "", []]);
  });

  it("is kept by nobody, tells no other site its address, and loads and runs nothing", async () => {
    const { headers } = await visit({ path: PATH });
    expect(headers.get("Cache-Control")).toBe("no-store");
    expect(headers.get("Referrer-Policy")).toBe("no-referrer");
    expect(headers.get("X-Robots-Tag")).toContain("noindex");
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(headers.get("Content-Security-Policy")).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
    );
  });

  it("gives programs the same as JSON", async () => {
    const { status, body } = await ask({ path: PATH, headers: { Accept: "application/json" } }, deploy());
    expect(status).toBe(200);
    expect(body).toMatchObject({ signal: "decision", state: "waiting", step: "approve", runId: RUN_ID });
  });

  it("says that an answer is kept when no step waits for it yet", async () => {
    const { status, text } = await visit({ path: PATH }, deploy({ wait: null }));
    expect(status).toBe(200);
    expect(text).toContain("Your answer is kept until it does");
    expect(text).toContain('<form method="post"');
  });

  it("shows no form once it was used", async () => {
    const { status, text } = await visit({ path: PATH }, deploy({ answeredAt: new Date(NOW), status: "COMPLETED" }));
    expect(status).toBe(200);
    expect(text).toContain("Already answered");
    expect(text).not.toContain("<form");
  });
});

describe("an address at which nothing is asked", () => {
  const CUT = /Check that the address is whole/;

  const CASES: readonly {
    readonly what: string;
    readonly path?: string;
    readonly at?: Deployment;
    readonly status: number;
    readonly says: RegExp;
  }[] = [
    { what: "whose proof is none", path: "/signals/nonsense/decision", status: 404, says: CUT },
    { what: "whose proof was changed", path: `/signals/${PROOF.slice(0, -3)}AAA/decision`, status: 404, says: CUT },
    { what: "without a name", path: `/signals/${PROOF}`, status: 404, says: CUT },
    { what: "without anything", path: "/signals/", status: 404, says: CUT },
    { what: "with more behind it", path: `${PATH}/x`, status: 404, says: CUT },
    { what: "of a deployment without keys", at: deploy({}, { kind: "applied" }, SETTINGS), status: 404, says: CUT },
    { what: "that has expired", path: `/signals/${EXPIRED}/decision`, status: 410, says: /until 2026-07-01T11:59:59/ },
    { what: "with a name that cannot be", path: `/signals/${PROOF}/a%20b`, status: 404, says: /no name of a signal/ },
    { what: "with a name that is none", path: `/signals/${PROOF}/decisoin`, status: 404, says: /mean `decision`/ },
    { what: "of a workflow without signals", at: deploy({ declared: [] }), status: 404, says: /it waits for none/ },
    { what: "of a run that has ended", at: deploy({ status: "CANCELED" }), status: 409, says: /The run is CANCELED/ },
    { what: "of a wait that is over", at: deploy({ wait: null, isPast: true }), status: 409, says: /no more: it was/ },
    { what: "of a run that is not kept", at: deploy(null), status: 404, says: /not kept any more/ },
  ];

  it.each(CASES)("$what says so, as a page and as a problem", async ({ path = PATH, at = deploy(), status, says }) => {
    const page = await visit({ path }, at);
    expect(page.status).toBe(status);
    expect(page.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("Cache-Control")).toBe("no-store");
    expect(page.text).toMatch(says);
    expect(page.text).not.toContain("<form");
    const posted = await ask({ method: "POST", path, body: "{}", headers: JSON_BODY }, at);
    expect(posted).toMatchObject({ status, body: { status, detail: expect.any(String) } });
    expect(at.commands).toEqual([]);
  });

  it("whose proof is none says the same whatever else is in it", async () => {
    const forOther = signProof({ runId: runIdOf(1), stepKey: STEP_KEY, expiresAt: new Date(NOW) }, "k".repeat(32));
    const pages = [`/signals/x/decision`, `/signals/${forOther}/decision`, `/signals/x/no-such`, "/signals/x"];
    const texts = await Promise.all(pages.map(async (path) => (await visit({ path })).text));
    expect(new Set(texts).size).toBe(1);
  });

  it("tells which methods there are", async () => {
    const { status, headers } = await visit({ method: "DELETE", path: PATH });
    expect([status, headers.get("Allow")]).toEqual([405, "GET, HEAD, POST"]);
  });

  it("says when the database is away", async () => {
    const away = { ...deploy(), services: { ...deploy().services, database: AWAY_DATABASE } };
    const { status, headers, text } = await visit({ path: PATH }, away);
    expect([status, headers.get("Retry-After")]).toEqual([503, "2"]);
    expect(text).toContain("try again in a moment");
  });
});

describe("who tries one address after the other", () => {
  it("is told to wait after 20, and a right one still works from there", async () => {
    const deployment = deploy(
      {},
      { kind: "applied" },
      {
        signalUrls: { ...SETTINGS.signalUrls, signingKeys: [SIGNING_KEY] },
        isBehindCloudflare: true,
      },
    );
    const headers = { ...BROWSER, "CF-Connecting-IP": "203.0.113.7" };
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 21; attempt += 1) {
      statuses.push((await visit({ path: `/signals/guess-${attempt}/decision`, headers }, deployment)).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 404), 429]);
    expect((await visit({ path: PATH, headers }, deployment)).status).toBe(200);
  });
});
