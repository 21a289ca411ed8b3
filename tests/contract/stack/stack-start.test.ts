import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { onPath } from "../../../scripts/stack/on-path.ts";
import { listProcesses, type ProcessLine } from "../../../scripts/stack/processes.ts";
import { PROJECT_ROOT } from "../../../scripts/stack/project-root.ts";
import { type Stack, startStack } from "../../../scripts/stack/stack.ts";
import { waitUntil } from "../../stack/wait-until.ts";

const KILL_EVERY_MS = 10;
const ENDED = { timeout: 15_000, interval: 50 };

/** Each part, a word of its command line, and where it is named in messages. */
const PARTS = [
  { part: "PostgreSQL", word: "bin/postgres -D", fix: "move" },
  { part: "Redis", word: "redis-server", fix: "REDIS_URL" },
  { part: "The Worker", word: "workerd serve", fix: "npm ci" },
].filter(({ part }) => part !== "Redis" || onPath("redis-server") !== null);

describe("a part of the local stack that is killed while it starts", () => {
  let dataDir: string;
  let stack: Stack | null = null;
  let killer: NodeJS.Timeout | null = null;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "baton-start-part-"));
  });

  afterEach(async () => {
    stopKilling();
    await stack?.stop();
    stack = null;
    await waitUntil(() => (ownProcesses().length === 0 ? true : null), { until: "no server is left" });
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function start(): Promise<Stack> {
    const workerEntryPath = join(PROJECT_ROOT, "tests/contract/stack/fixture-worker.ts");
    stack = await startStack({ dataDir, workerEntryPath, quiet: true });
    return stack;
  }

  /** Kills processes as soon as they are seen, at most so many of them. */
  function killAtStart(word: string, killsMax: number): void {
    const killed = new Set<number>();
    killer = setInterval(() => {
      for (const { pid, command } of ownProcesses()) {
        if (command.includes(word) && !killed.has(pid) && killed.size < killsMax) {
          killed.add(pid);
          process.kill(pid, "SIGKILL");
        }
      }
    }, KILL_EVERY_MS);
  }

  function stopKilling(): void {
    if (killer !== null) {
      clearInterval(killer);
    }
  }

  it.each(PARTS)("is started again: $part", async ({ word }) => {
    killAtStart(word, 1);
    const { url } = (await start()).info;
    await vi.waitFor(async () => expect(await (await fetch(`${url}/database`)).json()).toBe("baton"), ENDED);
  });

  it.each(PARTS.filter(({ part }) => part !== "Redis"))(
    "time and again ends the start, with its name, the reason and the fix, and leaves nothing: $part",
    async ({ part, word, fix }) => {
      killAtStart(word, Number.POSITIVE_INFINITY);
      const failure: unknown = await start().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Error);
      const { message } = failure as Error;
      expect(message).toMatch(new RegExp(`^${part} (was ended by SIGKILL|ended with exit code 1)\\. Its log is `, "u"));
      expect(message).toContain(fix);
    },
  );
});

describe("a data folder that cannot be used", () => {
  it("is named, with the reason and the fix", async () => {
    const folder = mkdtempSync(join(tmpdir(), "baton-no-folder-"));
    const dataDir = join(folder, "file");
    writeFileSync(dataDir, "");
    await expect(startStack({ dataDir, quiet: true })).rejects.toThrow(
      /^The data folder cannot be used: EEXIST.*\nIt must be a folder .*BATON_DATA_DIR\.$/u,
    );
    rmSync(folder, { recursive: true });
  });
});

/** The servers of this test's stack, and their children. */
function ownProcesses(): readonly ProcessLine[] {
  const all = listProcesses();
  const isOwn = ({ parentPid }: ProcessLine): boolean => {
    const parent = all.find(({ pid }) => pid === parentPid);
    return parentPid === process.pid || (parent !== undefined && isOwn(parent));
  };
  return all.filter(
    (line) => /redis-server|workerd serve|worker-host|bin\/postgres -D/u.test(line.command) && isOwn(line),
  );
}
