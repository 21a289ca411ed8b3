import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { startDemoApi } from "../../../scripts/stack/demo-api.ts";
import type { DemoApi } from "../../../scripts/stack/demo-api.ts";

describe("the demo API", () => {
  let api: DemoApi;

  beforeAll(async () => {
    api = await startDemoApi(0);
  });

  afterAll(async () => {
    await api.close();
  });

  beforeEach(async () => {
    await fetch(`${api.url}/calls`, { method: "DELETE" });
  });

  async function get(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: unknown }> {
    const response = await fetch(api.url + path, { headers });
    return { status: response.status, body: await response.json() };
  }

  async function send(method: string, path: string, body: object): Promise<{ status: number; body: unknown }> {
    const response = await fetch(api.url + path, { method, body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  }

  it("answers what the demo recipes read", async () => {
    const text = expect.any(String);
    await expect(get("/joke")).resolves.toMatchObject({ status: 200, body: { setup: text, punchline: text } });
    await expect(get("/users/7")).resolves.toMatchObject({ status: 200, body: { id: 7, name: text, email: text } });
    await expect(get("/cat/fact")).resolves.toMatchObject({ status: 200, body: { fact: text } });
    await expect(get("/todos/12")).resolves.toMatchObject({ status: 200, body: { id: 12, userId: 3, title: text } });
    const todos = await get("/todos?userId=3");
    expect(todos.body).toHaveLength(5);
    expect(todos.body).toContainEqual({ id: 12, userId: 3, title: text, completed: true });
  });

  it("answers what the samples read", async () => {
    const text = expect.any(String);
    const city = "city=Porto";
    await expect(get(`/weather?${city}`)).resolves.toMatchObject({ status: 200, body: { temp: expect.any(Number) } });
    await expect(get(`/news?${city}`)).resolves.toMatchObject({ body: { items: [{ title: text }, { title: text }] } });
    await expect(get(`/events?${city}`)).resolves.toMatchObject({ body: { items: [{ title: text }] } });
    await expect(send("POST", "/messages", { text: "hello" })).resolves.toEqual({
      status: 201,
      body: { text: "hello" },
    });
    await expect(send("POST", "/transfers", { to: "Ada" })).resolves.toEqual({ status: 201, body: { to: "Ada" } });
  });

  it("lists ten images of which the seventh is gone, resizes and stores the others", async () => {
    const { body } = await get("/images");
    const { names } = z.object({ names: z.array(z.string()) }).parse(body);
    const images = await Promise.all(names.map((name) => get(`/images/${name}`)));
    expect(images.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 404, 200, 200, 200]);
    const resized = { name: "arch", width: 320, height: 240 };
    const resize = { image: { name: "arch", width: 4000, height: 3000 }, width: 320 };
    await expect(send("POST", "/resize", resize)).resolves.toEqual({ status: 200, body: resized });
    await expect(send("POST", "/resize", { width: 320 })).resolves.toMatchObject({ status: 422 });
    await expect(send("PUT", "/thumbnails/arch", resized)).resolves.toEqual({
      status: 201,
      body: { name: "arch", stored: resized },
    });
  });

  it("says 404 for what there is not", async () => {
    for (const path of ["/users/0", "/users/x", "/users/1001", "/todos/5001", "/nowhere"]) {
      await expect(get(path)).resolves.toMatchObject({ status: 404 });
    }
    await expect(get("/todos?userId=0")).resolves.toEqual({ status: 200, body: [] });
  });

  it("fails as often as asked for each key, and then succeeds", async () => {
    const statuses = [];
    for (let call = 0; call < 4; call += 1) {
      statuses.push((await get("/flaky?key=a&fails=3")).status);
    }
    expect(statuses).toEqual([503, 503, 503, 200]);
    await expect(get("/flaky?key=b&fails=0")).resolves.toMatchObject({ status: 200 });
  });

  it("remembers which Idempotency-Keys a flaky key has seen", async () => {
    await get("/flaky?key=a", { "idempotency-key": "run:step" });
    await get("/flaky?key=a", { "idempotency-key": "run:step" });
    await get("/flaky?key=a", { "idempotency-key": "other" });
    await expect(get("/calls?key=a")).resolves.toMatchObject({
      body: { count: 3, idempotencyKeys: ["run:step", "other"] },
    });
  });

  it("counts calls for each Idempotency-Key, until told to forget", async () => {
    await get("/joke", { "idempotency-key": "k" });
    await get("/slow?ms=1", { "idempotency-key": "k" });
    await get("/joke");
    await expect(get("/calls")).resolves.toMatchObject({ body: { total: 3, byKey: { k: 2 } } });
    await fetch(`${api.url}/calls`, { method: "DELETE" });
    await expect(get("/calls")).resolves.toMatchObject({ body: { total: 0, byKey: {} } });
  });

  it("answers with the status that was asked for", async () => {
    await expect(get("/status/418")).resolves.toMatchObject({ status: 418 });
    const busy = await fetch(`${api.url}/status/429?retryAfter=2`);
    expect(busy.headers.get("retry-after")).toBe("2");
    await expect(fetch(`${api.url}/status/204`)).resolves.toMatchObject({ status: 204 });
    await expect(get("/status/99")).resolves.toMatchObject({ status: 400 });
  });

  it("echoes method, query, headers and body", async () => {
    const response = await fetch(`${api.url}/echo?a=1`, { method: "PUT", body: '{"b":2}', headers: { "x-c": "3" } });
    await expect(response.json()).resolves.toMatchObject({
      method: "PUT",
      path: "/echo",
      query: { a: "1" },
      headers: { "x-c": "3" },
      body: { b: 2 },
    });
  });
});
