import { describe, expect, it } from "vitest";
import type { Env } from "../../src/env.ts";
import { type ParsedSettings, parseSettings } from "../../src/settings.ts";

const KEY = "0123456789abcdef0123456789abcdef";

const REQUIRED = {
  DATABASE_URL: "postgres://baton@localhost/baton",
  UPSTASH_REDIS_REST_URL: "http://localhost:8079",
  UPSTASH_REDIS_REST_TOKEN: "token",
  BATON_API_KEY: "a-key-for-tests-0001",
};

function parse(variables: Partial<Env>): ParsedSettings {
  return parseSettings({ ...REQUIRED, ...variables } as Env);
}

function signalUrlsOf(variables: Partial<Env>): unknown {
  const parsed = parse(variables);
  return parsed.ok ? parsed.settings.signalUrls : parsed.problems;
}

describe("the variables of signal addresses", () => {
  it("may be missing: only what needs them fails then", () => {
    expect(signalUrlsOf({})).toEqual({ signingKeys: [], publicUrl: null, lifetimeMs: 30 * 86_400_000 });
    expect(signalUrlsOf({ SIGNING_KEY: "", PUBLIC_URL: "", SIGNAL_URL_DAYS: "" })).toMatchObject({ signingKeys: [] });
  });

  it("are a key, or the new and the old one, the address without a slash at its end, and days", () => {
    const variables = { SIGNING_KEY: `${KEY}-new, ${KEY}`, PUBLIC_URL: "https://baton.test/", SIGNAL_URL_DAYS: "1" };
    expect(signalUrlsOf(variables)).toEqual({
      signingKeys: [`${KEY}-new`, KEY],
      publicUrl: "https://baton.test",
      lifetimeMs: 86_400_000,
    });
  });

  it.each<readonly [keyof Env, string]>([
    ["SIGNING_KEY", KEY.slice(1)],
    ["SIGNING_KEY", `${KEY},short`],
    ["SIGNING_KEY", `${KEY},`],
    ["SIGNING_KEY", `${KEY},${KEY},${KEY}`],
    ["PUBLIC_URL", "baton.test"],
    ["PUBLIC_URL", "ftp://baton.test"],
    ["PUBLIC_URL", "https://user:password@baton.test"],
    ["PUBLIC_URL", "https://baton.test/?a=1"],
    ["PUBLIC_URL", "https://baton.test/#a"],
    ["SIGNAL_URL_DAYS", "0"],
    ["SIGNAL_URL_DAYS", "366"],
    ["SIGNAL_URL_DAYS", "soon"],
  ])("are refused by name where they cannot be: %s=%s", (variable, value) => {
    expect(parse({ [variable]: value })).toMatchObject({
      ok: false,
      problems: [{ variable, message: expect.stringContaining(`${variable} must be`) }],
    });
  });
});
