import type { z } from "@hono/zod-openapi";
import type { Event } from "../../domain/run/event.ts";
import type { AuditEvent } from "./contract.ts";

/**
 * Shapes an event.
 *
 * @param event - The event.
 * @returns What goes over the wire; an exported log is verified over exactly these members.
 */
export function viewEvent(event: Event): z.output<typeof AuditEvent> {
  const { runId, seq, at, type, step, attempt, from, to, actor, data, prevHash, hash } = event;
  return { runId, seq, at: at.toISOString(), type, step, attempt, from, to, actor, data, prevHash, hash };
}
