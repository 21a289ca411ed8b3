import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { PROJECT_ROOT } from "../../../scripts/stack/project-root.ts";

const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      environment: z.record(z.string(), z.string()).default({}),
      ports: z.array(z.string()).default([]),
      healthcheck: z.object({ test: z.array(z.string()) }),
    }),
  ),
});

describe("docker-compose.yml", () => {
  const { services } = composeSchema.parse(parse(readFileSync(join(PROJECT_ROOT, "docker-compose.yml"), "utf8")));
  const vars = parseEnv(readFileSync(join(PROJECT_ROOT, ".dev.vars.example"), "utf8"));
  const published = Object.fromEntries(Object.entries(services).map(([name, service]) => [name, service.ports]));

  it("serves PostgreSQL at the address, and with the login, of .dev.vars.example", () => {
    const url = new URL(vars["DATABASE_URL"] ?? "");
    const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = services["postgres"]?.environment ?? {};
    expect([url.username, url.password, url.pathname]).toEqual([POSTGRES_USER, POSTGRES_PASSWORD, `/${POSTGRES_DB}`]);
    expect(published["postgres"]).toEqual([`${url.hostname}:${url.port}:5432`]);
  });

  it("serves Redis over REST at the address, and with the token, of .dev.vars.example", () => {
    const url = new URL(vars["UPSTASH_REDIS_REST_URL"] ?? "");
    expect(published["redis-rest"]).toEqual([`${url.hostname}:${url.port}:80`]);
    expect(services["redis-rest"]?.environment["SRH_TOKEN"]).toBe(vars["UPSTASH_REDIS_REST_TOKEN"]);
    expect(services["redis-rest"]?.environment["SRH_CONNECTION_STRING"]).toBe("redis://redis:6379");
  });

  it("publishes what the Worker calls and nothing else, and leaves a PostgreSQL of the machine its port", () => {
    const open = Object.entries(published).filter(([, ports]) => ports.length > 0);
    expect(open.map(([name]) => name)).toEqual(["postgres", "redis-rest"]);
    expect(open.flatMap(([, ports]) => ports.map((port) => port.split(":")[1]))).not.toContain("5432");
  });

  it("listens on loopback only and says when each service is healthy", () => {
    for (const { ports, healthcheck } of Object.values(services)) {
      expect(ports.every((port) => port.startsWith("127.0.0.1:"))).toBe(true);
      expect(healthcheck.test.length).toBeGreaterThan(1);
    }
  });

  it("names every variable that the Worker requires", () => {
    const required = ["DATABASE_URL", "UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN", "BATON_API_KEY"];
    for (const name of required) {
      expect(vars[name], name).toBeTruthy();
    }
  });
});
