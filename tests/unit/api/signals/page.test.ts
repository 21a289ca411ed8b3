import { describe, expect, it } from "vitest";
import { problem } from "../../../../src/api/http/problem.ts";
import type { SignalAsk } from "../../../../src/api/signals/ask.ts";
import { SIGNAL_PAGE_STYLE } from "../../../../src/api/signals/page-style.ts";
import { writeAnsweredPage, writeAskPage, writeRefusalPage } from "../../../../src/api/signals/page.ts";
import type { JsonObject } from "../../../../src/domain/json.ts";
import { readDocument } from "../../docs/documents.ts";
import { ASK } from "./signal-fixtures.ts";

const STRANGE = `"'><script>alert(1)</script><img src=x onerror=y>&amp;\u202E`;

function pageOf(ask: Partial<SignalAsk>): string {
  return writeAskPage({ ...ASK, ...ask }, { sent: null, issues: [] });
}

function formOf(properties: JsonObject, required: readonly string[] = []): string {
  return pageOf({ schema: { type: "object", properties, required } });
}

function choices(length: number): JsonObject {
  return { enum: Array.from({ length }, (_, index) => `c${index}`) };
}

/** Declarations of custom properties of a style sheet. */
function tokensOf(css: string): ReadonlyMap<string, string> {
  return new Map([...css.matchAll(/(--[a-z-]+):\s*([^;]+);/g)].map(([, name = "", value = ""]) => [name, value]));
}

describe("the page of a signal", () => {
  it("says who asks for what, in which run and step, since when and until when", () => {
    const page = pageOf({});
    for (const fact of ["order", "decision", "approve", "key:shop", "2026-07-01 10:00 UTC", "2026-07-03 10:00 UTC"]) {
      expect(page).toContain(fact);
    }
    expect(page).toContain("<h1><bdi>May order 7 be shipped?</bdi></h1>");
    expect(page).toContain("It is worth 12,000.");
  });

  it("says that there is no end where there is none, and nothing of a step where none waits", () => {
    expect(pageOf({ until: null })).toContain("<dd>it is answered</dd>");
    expect(pageOf({ step: null, since: null, until: null, state: "not_yet" })).not.toContain("Waits until");
  });

  it("keeps all text of users text", () => {
    const schema: JsonObject = {
      type: "object",
      title: STRANGE,
      description: STRANGE,
      required: [STRANGE],
      properties: {
        [STRANGE]: { type: "string", title: STRANGE, description: STRANGE, default: STRANGE },
        area: { type: "string", maxLength: 500, default: `</textarea>${STRANGE}` },
        choice: { enum: [STRANGE, "b"] },
        list: { enum: Array.from({ length: 10 }, (_, index) => `${STRANGE}${index}`) },
        json: { default: { [STRANGE]: STRANGE } },
        group: { type: "object", title: STRANGE, description: STRANGE, properties: { [STRANGE]: { type: "number" } } },
      },
    };
    const issues = [
      { path: "", message: STRANGE },
      { path: `/${STRANGE.replaceAll("/", "~1")}`, message: STRANGE },
    ];
    const ask = { ...ASK, schema, name: STRANGE, workflow: STRANGE, step: STRANGE, startedBy: STRANGE };
    const pages = [
      writeAskPage(ask, { sent: null, issues }),
      writeAskPage(ask, {
        sent: new URLSearchParams(schema["properties"] === undefined ? [] : [[STRANGE, STRANGE]]),
        issues,
      }),
      writeAnsweredPage(ask, true),
      writeRefusalPage(problem("signal_not_found", STRANGE)),
    ];
    for (const page of pages) {
      expect(page).not.toMatch(/<script|<img/);
      expect(page).not.toContain(`"'>`);
      expect(page.match(/<\/textarea>/g)?.length ?? 0).toBe(page.match(/<textarea/g)?.length ?? 0);
    }
    expect(pages[0]).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  });

  it("gives each field a label and an id of its own", () => {
    const page = formOf({ "a b": {}, "a-b": {}, "a/b": {}, ä: {}, "a.b": {} });
    const ids = [...page.matchAll(/ id="(field-[^"]+)"/g)].map(([, id]) => id);
    const labelled = [...page.matchAll(/<label for="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(5);
    expect(labelled).toEqual(ids);
    expect(ids.every((id) => /^[a-zA-Z0-9-]+$/.test(id ?? ""))).toBe(true);
  });

  it("asks for yes or no without an answer of its own, and offers none where one is needed", () => {
    const needed = formOf({ approved: { type: "boolean" } }, ["approved"]);
    expect(needed).not.toContain("checked");
    expect(needed).not.toContain("No answer");
    expect(needed.match(/type="radio"[^>]* required/g)).toHaveLength(2);
    const optional = formOf({ approved: { type: "boolean" } });
    expect(optional).toMatch(/value="" checked><bdi>No answer/);
    expect(formOf({ approved: { type: "boolean", default: true } })).toMatch(/value="true" checked><bdi>Yes/);
  });

  it("asks by radio buttons up to six choices, and by a list from there on", () => {
    expect(formOf({ x: choices(6) })).not.toContain("<select");
    const list = formOf({ x: { ...choices(7), default: "c3" } });
    expect(list).toContain('<option value="c3" selected>c3</option>');
    expect(list).not.toContain('<input type="radio"');
  });

  it("hands bounds, types and needs on to the browser", () => {
    const page = formOf({ n: { type: "integer", minimum: 1, maximum: 9 }, m: { type: "string", format: "email" } }, [
      "n",
    ]);
    expect(page).toMatch(/<input type="number" step="1" min="1" max="9" id="field-n" name="n" required value="">/);
    expect(page).toMatch(/<input type="email" id="field-m" name="m" value="">/);
    expect(page).toContain('<bdi>m</bdi> <span class="optional">(optional)</span>');
  });

  it("does not insist on a part of a group that may be left out", () => {
    const group: JsonObject = { type: "object", properties: { street: { type: "string" } }, required: ["street"] };
    expect(formOf({ group })).not.toMatch(/name="group\/street" required/);
    expect(formOf({ group }, ["group"])).toMatch(/name="group\/street" required/);
  });

  it("ties what is wrong to its field, for eyes and for readers", () => {
    const issues = [
      { path: "/amount", message: "is too small" },
      { path: "", message: "does not hold together" },
    ];
    const page = writeAskPage(ASK, { sent: new URLSearchParams("amount=0"), issues });
    expect(page).toContain("<title>Error: May order 7 be shipped?</title>");
    expect(page).toContain('<li><a href="#field-amount"><bdi>amount</bdi>: is too small</a></li>');
    expect(page).toContain("<li>does not hold together</li>");
    expect(page).toMatch(/id="field-amount" name="amount" aria-describedby="field-amount-error" aria-invalid="true"/);
  });

  it("keeps what was written where the browser would drop it", () => {
    const schema: JsonObject = {
      type: "object",
      properties: { n: { type: "number" }, d: { type: "string", format: "date" } },
    };
    const page = writeAskPage({ ...ASK, schema }, { sent: new URLSearchParams("n=12,5&d=tomorrow"), issues: [] });
    expect(page).toMatch(/<input type="text" inputmode="decimal" id="field-n" name="n" value="12,5">/);
    expect(page).toMatch(/<input type="text" id="field-d" name="d" value="tomorrow">/);
  });

  it("has the colours of the dashboard", () => {
    const dashboard = tokensOf(readDocument("dashboard/styles/tokens.css"));
    const own = tokensOf(SIGNAL_PAGE_STYLE);
    expect(own.size).toBeGreaterThan(10);
    expect([...own].filter(([name, value]) => dashboard.get(name) !== value)).toEqual([]);
  });
});
