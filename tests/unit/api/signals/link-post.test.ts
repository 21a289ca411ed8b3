import { describe, expect, it } from "vitest";
import { idempotencyKeyOf } from "../../../../src/api/signals/proof.ts";
import { type Sent } from "../fake-services.ts";
import { RUN_ID, STEP_KEY } from "./signal-fixtures.ts";
import { ask, deploy, FORM, JSON_BODY, NOW, PATH, PROOF, visit } from "./visits.ts";

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
    const raced = deploy({}, { kind: "already_received" });
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
