import type { ApiDatabase } from "../../../api/database.ts";
import type { Clock } from "../../../runtime/clock.ts";
import type { PostgresServer } from "../client.ts";
import { type ApiConnections, openLanes } from "./api-calls.ts";
import { createApiKeyStore } from "./api-key-store.ts";
import { createAuditReads } from "./audit-reads.ts";
import { createEventReads } from "./event-reads.ts";
import { createRunReads } from "./run-reads.ts";
import { createSignalReads } from "./signal-reads.ts";
import { createStateReads } from "./state-reads.ts";
import { createStatsReads } from "./stats-reads.ts";
import { createWorkflowStore } from "./workflow-store.ts";

/**
 * Opens PostgreSQL for the API's reads and writes; the first statements connect. Whoever holds it must live longer than
 * a request: in the runtime a socket belongs to the invocation or the Durable Object that made it.
 *
 * @param server - Where PostgreSQL is.
 * @param connections - How many there are, and for whom.
 * @param clock - Time; that of a Durable Object is not the system's.
 * @returns The reads and writes of the API.
 */
export function openApiDatabase(server: PostgresServer, connections: ApiConnections, clock: Clock): ApiDatabase {
  const calls = openLanes(server, connections, clock);
  return {
    runs: createRunReads(calls),
    events: createEventReads(calls),
    signals: createSignalReads(calls),
    workflows: createWorkflowStore(calls),
    keys: createApiKeyStore(calls),
    audit: createAuditReads(calls),
    stats: createStatsReads(calls),
    state: createStateReads(calls),
  };
}
