import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/domain/json.ts";
import type { SignalRecord } from "../../../../src/functions/api/ports/signal-reads.ts";
import type { ApiServices } from "../../../../src/functions/api/services.ts";
import { idempotencyKeyOf, signProof } from "../../../../src/functions/api/signals/proof.ts";
import type { CommandReply, CommandRequest } from "../../../../src/ledger/request.ts";
import { runIdOf } from "../../../support/ids.ts";
import { AWAY_DATABASE, AWAY_SHARDS, createServices, sendTo, type Sent, SETTINGS } from "../fake-services.ts";
import { RUN_ID, SIGNING_KEY, STEP_KEY, WAITING } from "./signal-fixtures.ts";

const NOW = Date.parse("2026-07-01T12:00:00.000Z");
const PROOF = signProof({ runId: RUN_ID, stepKey: STEP_KEY, expiresAt: new Date(NOW + 60_000) }, SIGNING_KEY);
const EXPIRED = signProof({ runId: RUN_ID, stepKey: STEP_KEY, expiresAt: new Date(NOW - 1_000) }, SIGNING_KEY);
const PATH = `/signals/${PROOF}/decision`;

const BROWSER = { Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };
const FORM = { ...BROWSER, "Content-Type": "application/x-www-form-urlencoded" };
const JSON_BODY = { "Content-Type": "application/json" };

/** A deployment with one run, and the commands that reached it. */
interface Deployment {
  readonly services: ApiServices;
  readonly commands: CommandRequest[];
}

function deploy(
  record: Partial<SignalRecord> | null = {},
  reply: CommandReply = { kind: "applied" },
  settings: Partial<ApiServices["settings"]> = {},
): Deployment {
  const commands: CommandRequest[] = [];
  const services = createServices({
    settings: { ...SETTINGS, signalUrls: { ...SETTINGS.signalUrls, signingKeys: [SIGNING_KEY] }, ...settings },
    shards: {
      ...AWAY_SHARDS,
      command: async (request) => {
        commands.push(request);
        return { ok: true, value: reply };
      },
    },
    database: {
      ...AWAY_DATABASE,
      signals: {
        findWaitingSignal: async (runId) => (runId === RUN_ID && record !== null ? { ...WAITING, ...record } : null),
      },
    },
  });
  return { services, commands };
}

interface Page {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function visit(sent: Sent, { services }: Deployment = deploy()): Promise<Page> {
  const response = await sendTo(services, { headers: BROWSER, ...sent });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

async function ask(
  sent: Sent,
  deployment: Deployment,
): Promise<{ readonly status: number; readonly body: JsonObject }> {
  const { status, text } = await visit(sent, deployment);
  return { status, body: JSON.parse(text) };
}

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

describe("a POST to an address", () => {
  it("sends the signal with the values of the form, once, in the name of the step that made the address", async () => {
    const deployment = deploy();
    const body = "approved=true&amount=7&comment=";
    const { status, text } = await visit({ method: "POST", path: PATH, body, headers: FORM }, deployment);
    expect(status).toBe(202);
    expect(text).toContain("Thank you");
    expect(deployment.commands).toEqual([
      {
        type: "command",
        runId: RUN_ID,
        command: {
          type: "signal",
          name: "decision",
          idempotencyKey: idempotencyKeyOf(PROOF, "decision"),
          payload: { approved: true, amount: 7 },
          actor: `link:${STEP_KEY}`,
        },
      },
    ]);
  });

  it("sends JSON as it is, and answers in JSON", async () => {
    const deployment = deploy();
    const body = '{"approved":false,"__proto__":{"a":1}}';
    const answer = await ask({ method: "POST", path: PATH, body, headers: JSON_BODY }, deployment);
    expect(answer).toEqual({ status: 202, body: { status: "accepted", runId: RUN_ID } });
    expect(JSON.stringify(deployment.commands[0])).toContain(body);
  });

  it("sends null when it has no body", async () => {
    const deployment = deploy();
    await visit({ method: "POST", path: PATH }, deployment);
    expect(deployment.commands).toMatchObject([{ command: { payload: null } }]);
  });

  it("takes no other idempotency key than the address's own", async () => {
    const deployment = deploy();
    const headers = { ...JSON_BODY, "Idempotency-Key": "another" };
    await visit({ method: "POST", path: PATH, body: "{}", headers }, deployment);
    expect(deployment.commands).toMatchObject([{ command: { idempotencyKey: idempotencyKeyOf(PROOF, "decision") } }]);
  });

  it("that comes a second time is told so, whether it is known before or by the run", async () => {
    const known = deploy({ answeredAt: new Date(NOW) });
    const raced = deploy({}, { kind: "replayed" });
    for (const deployment of [known, raced]) {
      const page = await visit({ method: "POST", path: PATH, body: "approved=true", headers: FORM }, deployment);
      expect(page.status).toBe(202);
      expect(page.text).toContain("the first answer stands");
      const answer = await ask({ method: "POST", path: PATH, body: "{}", headers: JSON_BODY }, deployment);
      expect(answer.body).toEqual({ status: "replayed", runId: RUN_ID });
    }
    expect(known.commands).toEqual([]);
  });

  it("shows the form again with what was written, and what is wrong with it", async () => {
    const deployment = deploy();
    const body = new URLSearchParams({ amount: "x", comment: 'a "quoted" <b>' }).toString();
    const { status, text } = await visit({ method: "POST", path: PATH, body, headers: FORM }, deployment);
    expect(status).toBe(400);
    expect(text).toContain('value="a &quot;quoted&quot; &lt;b&gt;"');
    expect(text).toContain("approved</bdi>: an answer is needed");
    expect(text).toContain("`x` is no number");
    expect(deployment.commands).toEqual([]);
  });

  it("shows what the run itself refuses at the field that it concerns", async () => {
    const deployment = deploy({}, { kind: "invalid_payload", issues: [{ path: "/amount", message: "is too small" }] });
    const sent = { method: "POST", path: PATH, body: "approved=true&amount=0", headers: FORM };
    const { status, text } = await visit(sent, deployment);
    expect(status).toBe(400);
    expect(text).toMatch(/<p class="error" id="field-amount-error">is too small<\/p>/);
    expect(text).toContain('value="0"');
    const answer = await ask({ method: "POST", path: PATH, body: '{"amount":0}', headers: JSON_BODY }, deployment);
    expect(answer.body).toMatchObject({
      code: "invalid_payload",
      issues: [{ path: "/amount", message: "is too small" }],
    });
  });

  it.each<readonly [string, Sent, number, string]>([
    [
      "a body of another type",
      { path: PATH, body: "a", headers: { "Content-Type": "text/plain" } },
      415,
      "unsupported",
    ],
    ["a body that is no JSON", { path: PATH, body: "{", headers: JSON_BODY }, 400, "malformed_body"],
    ["too much", { path: PATH, body: `"${"x".repeat(300_000)}"`, headers: JSON_BODY }, 413, "body_too_large"],
  ])("is refused with %s", async (_, sent, status, code) => {
    const deployment = deploy();
    const headers = { Accept: "application/json", ...sent.headers };
    const answer = await ask({ ...sent, method: "POST", headers }, deployment);
    expect(answer).toMatchObject({ status, body: { code: expect.stringContaining(code) } });
    expect(deployment.commands).toEqual([]);
  });

  it("to a run that ended meanwhile is told so", async () => {
    const deployment = deploy({}, { kind: "conflict", status: "FAILED", detail: "the run is FAILED already" });
    const { status, text } = await visit(
      { method: "POST", path: PATH, body: "approved=true", headers: FORM },
      deployment,
    );
    expect(status).toBe(409);
    expect(text).toContain("The run is FAILED already.");
  });
});
