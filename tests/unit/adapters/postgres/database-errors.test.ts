import postgres from "postgres";
import { describe, expect, it } from "vitest";
import { mapDatabaseError } from "../../../../src/adapters/postgres/client.ts";
import { InvariantError, UnavailableError } from "../../../../src/domain/errors.ts";

/** What the driver throws for an answer of PostgreSQL; its own type wants more than a test has. */
function refusal(code: string): Error {
  return Object.assign(Object.create(postgres.PostgresError.prototype), { code, message: `state ${code}` });
}

describe("an error of the database", () => {
  it.each([
    ["a failover: the database is read-only", "25006"],
    ["shutting down", "57P01"],
    ["starting up", "57P03"],
    ["a disk that is full", "53100"],
    ["too many connections", "53300"],
    ["a deadlock", "40P01"],
    ["a connection that failed", "08006"],
  ])("that passes by itself is an outage: %s", (_what, state) => {
    expect(mapDatabaseError(refusal(state))).toBeInstanceOf(UnavailableError);
  });

  it.each([
    ["a key that exists", "23505"],
    ["text that is no JSON", "22P02"],
    ["a table that is missing", "42P01"],
    ["a trigger that refuses", "P0001"],
  ])("that comes again with the same statement is a refusal: %s", (_what, state) => {
    const error = refusal(state);
    expect(mapDatabaseError(error)).toBe(error);
  });

  it("that is a fault of ours stays one, so that it fails alone", () => {
    const invariant = new InvariantError("row a has no lease_token");
    const range = new RangeError("Invalid string length");
    expect([mapDatabaseError(invariant), mapDatabaseError(range)]).toEqual([invariant, range]);
  });

  it("of the connection is an outage", () => {
    expect(mapDatabaseError(new Error("Network connection lost."))).toBeInstanceOf(UnavailableError);
  });
});
