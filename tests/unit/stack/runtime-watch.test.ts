import { spawn } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listProcesses } from "../../../scripts/stack/processes.ts";
import { RuntimeWatch } from "../../../scripts/stack/runtime-watch.ts";

/** How the runtime of a test behaves. */
interface Behaviour {
  /** ms until an answer; null for never; "refuses" when nothing listens. */
  answers: number | null | "refuses";
  isPaused: boolean;
}

describe("the watch over a runtime", () => {
  const behaviour: Behaviour = { answers: 5, isPaused: false };
  const replace = vi.fn<(silentMs: number) => void>();
  let watch: RuntimeWatch;

  beforeEach(() => {
    vi.useFakeTimers();
    Object.assign(behaviour, { answers: 5, isPaused: false });
    replace.mockReset();
    watch = new RuntimeWatch({ ask, isPaused: () => behaviour.isPaused, replace });
    watch.begin();
  });

  afterEach(() => {
    watch.end();
    vi.useRealTimers();
  });

  async function ask(): Promise<void> {
    const { answers } = behaviour;
    if (answers === "refuses") {
      throw new Error("connection refused");
    }
    await new Promise<void>((resolve) => (answers === null ? undefined : setTimeout(resolve, answers)));
  }

  it("leaves one alone that is busy, and answers after nine seconds each time", async () => {
    await vi.advanceTimersByTimeAsync(3_000);
    behaviour.answers = 9_000;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(replace).not.toHaveBeenCalled();
  });

  it("replaces one that does not answer for more than ten seconds, once", async () => {
    await vi.advanceTimersByTimeAsync(3_000);
    behaviour.answers = null;
    await vi.advanceTimersByTimeAsync(12_000);
    expect(replace).toHaveBeenCalledExactlyOnceWith(11_000);
  });

  it("gives one that starts twenty seconds for its first answer", async () => {
    behaviour.answers = null;
    watch.begin();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(replace).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(replace).toHaveBeenCalledTimes(1);
  });

  it("gives one that is away the time of a start, and asks again until it is back", async () => {
    await vi.advanceTimersByTimeAsync(3_000);
    behaviour.answers = "refuses";
    await vi.advanceTimersByTimeAsync(18_000);
    behaviour.answers = 5;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(replace).not.toHaveBeenCalled();
  });

  it("calls again when a replacement never comes", async () => {
    behaviour.answers = "refuses";
    await vi.advanceTimersByTimeAsync(45_000);
    expect(replace).toHaveBeenCalledTimes(2);
  });

  it("leaves one alone that a debugger holds", async () => {
    await vi.advanceTimersByTimeAsync(3_000);
    Object.assign(behaviour, { answers: null, isPaused: true });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(replace).not.toHaveBeenCalled();
  });

  it("watches no more after its end", async () => {
    behaviour.answers = null;
    watch.end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(replace).not.toHaveBeenCalled();
  });
});

describe("the list of processes", () => {
  it("says which process is paused", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"]);
    const isPaused = (): boolean | undefined => listProcesses().find(({ pid }) => pid === child.pid)?.isPaused;
    await vi.waitFor(() => expect(isPaused()).toBe(false), 4_000);
    child.kill("SIGSTOP");
    await vi.waitFor(() => expect(isPaused()).toBe(true), 4_000);
    child.kill("SIGKILL");
  });
});
