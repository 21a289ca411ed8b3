import { describe, expect, it } from "vitest";
import type { Env } from "../../src/env.ts";
import type { LogFields } from "../../src/runtime/log.ts";
import type { RpcResult } from "../../src/runtime/rpc-result.ts";
import { sweepShards } from "../../src/scheduled.ts";
import { parseSettings } from "../../src/settings.ts";

const DONE: RpcResult<null> = { ok: true, value: null };

function environment(vars: Partial<Env>): Env {
  return {
    DATABASE_URL: "postgresql://baton@127.0.0.1/baton",
    UPSTASH_REDIS_REST_URL: "http://127.0.0.1:8079",
    UPSTASH_REDIS_REST_TOKEN: "token",
    BATON_API_KEY: "a key of sixteen characters",
    ...vars,
  } as Env;
}

class RecordingLog {
  readonly lines: { readonly message: string; readonly fields: LogFields }[] = [];
  readonly info = this.#record.bind(this);
  readonly warn = this.#record.bind(this);
  readonly error = this.#record.bind(this);

  #record(message: string, fields: LogFields = {}): void {
    this.lines.push({ message, fields });
  }
}

describe("the cron", () => {
  it("sweeps every shard", async () => {
    const swept: number[] = [];
    const log = new RecordingLog();
    const sweep = async (shard: number): Promise<RpcResult<null>> => {
      swept.push(shard);
      return DONE;
    };
    await sweepShards(parseSettings(environment({ SHARDS: "3" })), { sweep, log });
    expect(swept).toEqual([0, 1, 2]);
    expect(log.lines).toEqual([]);
  });

  it("with wrong variables says which, and fails", async () => {
    const log = new RecordingLog();
    const parsed = parseSettings(environment({ SHARDS: "many", DATABASE_URL: "" }));
    const cron = sweepShards(parsed, { sweep: async () => DONE, log });
    await expect(cron).rejects.toThrow("SHARDS must be a whole number");
    expect(log.lines).toMatchObject([
      {
        message: expect.stringContaining("sweeps nothing"),
        fields: { error: expect.stringMatching(/DATABASE_URL.*SHARDS/u) },
      },
    ]);
  });

  it("says which shard it could not sweep and why, and sweeps the others", async () => {
    const log = new RecordingLog();
    const swept: number[] = [];
    const sweep = async (shard: number): Promise<RpcResult<null>> => {
      if (shard === 0) {
        throw new TypeError("what it says may hold a payload");
      }
      swept.push(shard);
      return shard === 1 ? { ok: false, code: "unavailable", message: "PostgreSQL is away" } : DONE;
    };
    await sweepShards(parseSettings(environment({ SHARDS: "3" })), { sweep, log });
    expect(swept).toEqual([1, 2]);
    expect(log.lines.map(({ fields }) => fields)).toEqual([
      { shard: 0, error: "TypeError" },
      { shard: 1, error: "unavailable: PostgreSQL is away" },
    ]);
  });
});
