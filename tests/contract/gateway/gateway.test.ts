import { Redis } from "@upstash/redis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startGateway } from "../../../scripts/stack/gateway.ts";
import type { Gateway } from "../../../scripts/stack/gateway.ts";
import { BACKEND_KINDS, openTestRedis } from "./backends.ts";
import type { TestRedis } from "./backends.ts";

const TOKEN = "token-of-the-test";

/** As the queue claims: read what is due, move it behind the visibility timeout, say what comes next. */
const CLAIM = `
local members = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, member in ipairs(members) do redis.call('ZADD', KEYS[1], ARGV[3], member) end
local head = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return { redis.call('EXISTS', KEYS[2]), head[2] or '', members }
`;

for (const kind of BACKEND_KINDS) {
  describe.skipIf(kind.missing !== null)(`the gateway over ${kind.name}${kind.missing ?? ""}`, () => {
    let opened: TestRedis;
    let gateway: Gateway;
    let client: Redis;

    beforeAll(async () => {
      opened = await openTestRedis(kind.choice);
      gateway = await startGateway({ backend: opened.redis.backend, token: TOKEN, port: 0 });
      client = new Redis({ url: gateway.url, token: TOKEN, retry: false, enableAutoPipelining: false });
    });

    afterAll(async () => {
      await gateway.close();
      await opened.close();
    });

    beforeEach(async () => {
      await opened.redis.flush();
    });

    async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      return fetch(gateway.url + path, {
        method: "POST",
        body: text,
        headers: { authorization: `Bearer ${TOKEN}`, ...headers },
      });
    }

    it("gives text back as it was stored, also beyond ASCII and when it looks like base64", async () => {
      for (const text of ["plain", "ünï©ödé 日本 🐈", "T0s=", "OK", ""]) {
        await client.set("text", text);
        await expect(client.get("text")).resolves.toBe(text);
      }
    });

    it("tells numbers, text, null and lists apart, as Redis does", async () => {
      await client.zadd("q", { score: 1, member: "a" }, { score: 2.5, member: "b" });
      await expect(client.zcard("q")).resolves.toBe(2);
      await expect(client.zscore("q", "b")).resolves.toBe(2.5);
      await expect(client.zscore("q", "none")).resolves.toBeNull();
      await expect(client.zrange("q", 0, -1, { withScores: true })).resolves.toEqual(["a", 1, "b", 2.5]);
      await expect(client.eval("return {1, 'x', false, {'y', 2}}", [], [])).resolves.toEqual([1, "x", null, ["y", 2]]);
    });

    it("keeps a sorted set the way the queue needs it", async () => {
      await client.zadd("q", { score: 10, member: "run/a" }, { score: 20, member: "run/b" });
      await expect(client.zadd("q", { nx: true }, { score: 99, member: "run/a" })).resolves.toBe(0);
      await expect(
        client.zadd("q", { xx: true }, { score: 30, member: "run/a" }, { score: 1, member: "run/new" }),
      ).resolves.toBe(0);
      await expect(client.zrange("q", 0, 25, { byScore: true, offset: 0, count: 5 })).resolves.toEqual(["run/b"]);
      await expect(client.zcount("q", "-inf", 25)).resolves.toBe(1);
      await expect(client.zrem("q", "run/a", "run/none")).resolves.toBe(1);
      await expect(client.zrange("q", 0, -1)).resolves.toEqual(["run/b"]);
    });

    it("claims due members in one script", async () => {
      await client.zadd("q", { score: 10, member: "a" }, { score: 11, member: "b" }, { score: 50, member: "later" });
      await client.set("mark", "1");
      await expect(client.eval(CLAIM, ["q", "mark"], ["20", "10", "500"])).resolves.toEqual([1, 50, ["a", "b"]]);
      await expect(client.eval(CLAIM, ["q", "none"], ["20", "10", "500"])).resolves.toEqual([0, 50, []]);
      await expect(client.zscore("q", "a")).resolves.toBe(500);
    });

    it("runs a script by its hash once it was loaded, and says NOSCRIPT before", async () => {
      const sha = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db";
      await client.scriptFlush();
      await expect(client.evalsha(sha, [], [])).rejects.toThrow("NOSCRIPT");
      await expect(client.scriptLoad("return 1")).resolves.toBe(sha);
      await expect(client.evalsha(sha, [], [])).resolves.toBe(1);
    });

    it("answers every command of a pipeline, in order, also past one that fails", async () => {
      const pipeline = client.pipeline();
      pipeline.set("a", "1");
      pipeline.zcard("a");
      pipeline.get("a");
      const answers = await pipeline.exec({ keepErrors: true });
      expect(answers.map((answer) => answer.result)).toEqual(["OK", undefined, 1]);
      expect(answers[1]?.error).toMatch(/^WRONGTYPE/);
    });

    it("executes a transaction and answers for each command", async () => {
      const transaction = client.multi();
      transaction.set("a", "1");
      transaction.incr("a");
      transaction.get("none");
      await expect(transaction.exec()).resolves.toEqual(["OK", 2, null]);
    });

    it("words an error as Redis does, with status 400", async () => {
      await client.set("a", "x");
      const response = await post("/", ["ZCARD", "a"]);
      expect(response.status).toBe(400);
      await expect(response.json()).resolves.toEqual({ error: expect.stringMatching(/^WRONGTYPE /) });
    });

    it("answers in plain text without the header that asks for base64", async () => {
      await client.set("a", "x");
      await expect((await post("/", ["GET", "a"])).json()).resolves.toEqual({ result: "x" });
      const encoded = await post("/", ["GET", "a"], { "upstash-encoding": "base64" });
      await expect(encoded.json()).resolves.toEqual({ result: "eA==" });
    });

    it("lets nobody in without the token", async () => {
      for (const authorization of ["", "Bearer wrong", TOKEN]) {
        const response = await post("/", ["PING"], { authorization });
        expect(response.status).toBe(401);
      }
    });

    it("refuses what is no command", async () => {
      for (const body of ["", "{", "{}", [], [""], [["PING"]], [null], ["SET", "a", {}]]) {
        expect((await post("/", body)).status).toBe(400);
      }
      for (const body of [[], ["PING"], [[]]]) {
        expect((await post("/pipeline", body)).status).toBe(400);
      }
      expect((await post("/nowhere", ["PING"])).status).toBe(404);
    });

    it("refuses a body beyond 10 MiB", async () => {
      const response = await post("/", ["SET", "a", "x".repeat(10 * 1024 * 1024)]);
      expect(response.status).toBe(413);
    });

    it("refuses commands that would take the shared connection away", async () => {
      for (const name of ["subscribe", "MULTI", "SELECT", "BLPOP", "MONITOR"]) {
        const response = await post("/", [name, "x", "0"]);
        await expect(response.json()).resolves.toEqual({ error: expect.stringContaining("not supported over REST") });
      }
    });

    it("counts commands and requests, but not the reading of the counters", async () => {
      const before = gateway.stats();
      await post("/", ["PING"]);
      await post("/pipeline", [["PING"], ["PING"]]);
      const response = await fetch(`${gateway.url}/stats`, { headers: { authorization: `Bearer ${TOKEN}` } });
      await expect(response.json()).resolves.toEqual({
        requests: before.requests + 2,
        commands: before.commands + 3,
      });
    });

    it("fails at once while Redis is away and works again when it is back, empty", async () => {
      await client.set("a", "1");
      await opened.redis.stop();
      await expect(client.get("a")).rejects.toThrow();
      await expect((await post("/multi-exec", [["PING"]])).json()).resolves.toEqual({ error: expect.any(String) });
      await opened.redis.start();
      await expect(client.get("a")).resolves.toBeNull();
    });
  });
}
