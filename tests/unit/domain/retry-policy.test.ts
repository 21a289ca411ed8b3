import { describe, expect, it } from "vitest";
import { backoffMs, decideRetry, type FailedAttempt } from "../../../src/domain/retry/policy.ts";
import { RETRY } from "../../support/plans.ts";

const FIRST_OF_THREE: FailedAttempt = {
  code: "http_503",
  retryable: true,
  retryAfterMs: null,
  attempt: 1,
  maxAttempts: 3,
};

describe("the wait between attempts", () => {
  it.each([
    ["fixed", [1_000, 1_000, 1_000, 1_000]],
    ["linear", [1_000, 2_000, 3_000, 4_000]],
    ["exponential", [1_000, 2_000, 4_000, 8_000]],
  ] as const)("grows as %s says", (backoff, expected) => {
    expect([1, 2, 3, 4].map((failures) => backoffMs({ ...RETRY, backoff }, failures))).toEqual(expected);
  });

  it("grows by the factor of the policy", () => {
    expect(backoffMs({ ...RETRY, factor: 3 }, 3)).toBe(9_000);
  });

  it("never exceeds the cap, however many attempts have failed", () => {
    expect(backoffMs(RETRY, 10)).toBe(300_000);
    expect(backoffMs({ ...RETRY, factor: 10 }, 100)).toBe(300_000);
  });

  it("stays zero when the policy says no delay, however many attempts have failed", () => {
    expect(backoffMs({ ...RETRY, delayMs: 0, factor: 10 }, 100)).toBe(0);
  });
});

describe("jitter", () => {
  it("full spreads the wait evenly from nothing to the whole backoff", () => {
    const policy = { ...RETRY, jitter: "full" } as const;
    expect(decideRetry(policy, FIRST_OF_THREE, 0)).toEqual({ retry: true, delayMs: 0 });
    expect(decideRetry(policy, FIRST_OF_THREE, 0.25)).toEqual({ retry: true, delayMs: 250 });
    expect(decideRetry(policy, FIRST_OF_THREE, 0.999)).toEqual({ retry: true, delayMs: 999 });
  });

  it("none makes the wait the same whatever the random number", () => {
    expect(decideRetry(RETRY, FIRST_OF_THREE, 0)).toEqual({ retry: true, delayMs: 1_000 });
    expect(decideRetry(RETRY, FIRST_OF_THREE, 0.9)).toEqual({ retry: true, delayMs: 1_000 });
  });

  it("gives whole milliseconds", () => {
    expect(decideRetry({ ...RETRY, jitter: "full" }, FIRST_OF_THREE, 0.123_456)).toEqual({ retry: true, delayMs: 123 });
  });
});

describe("Retry-After", () => {
  it("is a lower bound of the wait", () => {
    const failed = { ...FIRST_OF_THREE, retryAfterMs: 7_000 };
    expect(decideRetry(RETRY, failed, 0)).toEqual({ retry: true, delayMs: 7_000 });
  });

  it("does not shorten a longer backoff", () => {
    const failed = { ...FIRST_OF_THREE, retryAfterMs: 10 };
    expect(decideRetry(RETRY, failed, 0)).toEqual({ retry: true, delayMs: 1_000 });
  });

  it("is not shortened by jitter", () => {
    const failed = { ...FIRST_OF_THREE, retryAfterMs: 7_000 };
    expect(decideRetry({ ...RETRY, jitter: "full" }, failed, 0)).toEqual({ retry: true, delayMs: 7_000 });
  });

  it("is capped like any other wait", () => {
    const failed = { ...FIRST_OF_THREE, retryAfterMs: 86_400_000 };
    expect(decideRetry(RETRY, failed, 0)).toEqual({ retry: true, delayMs: 300_000 });
  });
});

describe("whether another attempt follows", () => {
  it.each([
    [1, true],
    [2, true],
    [3, false],
    [4, false],
  ])("after attempt %i of 3: %s", (attempt, retry) => {
    expect(decideRetry(RETRY, { ...FIRST_OF_THREE, attempt }, 0).retry).toBe(retry);
  });

  it("not when another try could not help", () => {
    expect(decideRetry(RETRY, { ...FIRST_OF_THREE, retryable: false }, 0)).toEqual({ retry: false });
  });

  it("with `on`, only for the codes it names", () => {
    const policy = { ...RETRY, on: ["http_404", "timeout"] };
    expect(decideRetry(policy, FIRST_OF_THREE, 0).retry).toBe(false);
    expect(decideRetry(policy, { ...FIRST_OF_THREE, code: "timeout" }, 0).retry).toBe(true);
  });

  it("with `on`, also for a code that is not retried otherwise", () => {
    const failed = { ...FIRST_OF_THREE, code: "http_404", retryable: false };
    expect(decideRetry({ ...RETRY, on: ["http_404"] }, failed, 0).retry).toBe(true);
  });

  it("of a lost consumer, whatever `on` names: it says nothing about the step", () => {
    const lost = { ...FIRST_OF_THREE, code: "lease_expired", retryable: true };
    expect(decideRetry({ ...RETRY, on: ["http_404"] }, lost, 0).retry).toBe(true);
  });

  it("never with an empty `on`", () => {
    expect(decideRetry({ ...RETRY, on: [] }, FIRST_OF_THREE, 0).retry).toBe(false);
  });
});

describe("after an operator's retry", () => {
  it("the backoff starts over", () => {
    const sixth = { ...FIRST_OF_THREE, attempt: 4, maxAttempts: 6 };
    expect(decideRetry(RETRY, sixth, 0)).toEqual({ retry: true, delayMs: 1_000 });
    expect(decideRetry(RETRY, { ...sixth, attempt: 5 }, 0)).toEqual({ retry: true, delayMs: 2_000 });
  });

  it("the fresh attempts are counted from the failed one", () => {
    expect(decideRetry(RETRY, { ...FIRST_OF_THREE, attempt: 6, maxAttempts: 6 }, 0)).toEqual({ retry: false });
  });

  it("an attempt before the fresh ones waits as the first does", () => {
    expect(decideRetry(RETRY, { ...FIRST_OF_THREE, attempt: 2, maxAttempts: 6 }, 0)).toEqual({
      retry: true,
      delayMs: 1_000,
    });
  });
});
