import { and, asc, eq, inArray, sql } from "drizzle-orm";
import type { SignalReads, SignalRecord, SignalWait } from "../../../api/signals/port.ts";
import type { RunId } from "../../../domain/ids.ts";
import { events } from "../schema/events.ts";
import { runs } from "../schema/runs.ts";
import { signals } from "../schema/signals.ts";
import { steps } from "../schema/steps.ts";
import { workflowVersions } from "../schema/workflows.ts";
import type { ApiCalls } from "./api-calls.ts";
import type { ApiSql } from "./lane.ts";
import { signalsOfPlan, signalWaitOf } from "./row-mapping.ts";

/**
 * Makes the reads about signals.
 *
 * @param calls - What statements run on.
 * @returns The reads.
 */
export function createSignalReads(calls: ApiCalls): SignalReads {
  return {
    findWaitingSignal: async (runId, name, idempotencyKey) =>
      calls.read(async (db) => find(db, { runId, name, idempotencyKey })),
  };
}

interface Asked {
  readonly runId: RunId;
  readonly name: string;
  readonly idempotencyKey: string;
}

async function find(db: ApiSql, asked: Asked): Promise<SignalRecord | null> {
  return db.transaction(
    async (tx) => {
      const [row] = await tx
        .select({
          workflow: runs.workflow,
          status: runs.status,
          startedBy: events.actor,
          startedAt: runs.createdAt,
          plan: workflowVersions.plan,
        })
        .from(runs)
        .innerJoin(events, and(eq(events.runId, runs.id), eq(events.seq, 1)))
        .innerJoin(
          workflowVersions,
          and(eq(workflowVersions.workflow, runs.workflow), eq(workflowVersions.version, runs.version)),
        )
        .where(eq(runs.id, asked.runId));
      if (row === undefined) {
        return null;
      }
      const { plan, ...run } = row;
      const declared = signalsOfPlan(plan);
      const rootIds = declared.filter(({ name }) => name === asked.name).map(({ rootId }) => rootId);
      return {
        ...run,
        declared: declared.map(({ name, schema }) => ({ name, schema })),
        wait: await findWait(tx, asked),
        isPast: rootIds.length > 0 && (await areDone(tx, asked.runId, rootIds)),
        answeredAt: await findAnswer(tx, asked),
      };
    },
    { isolationLevel: "repeatable read", accessMode: "read only" },
  );
}

async function findWait(db: Pick<ApiSql, "select">, { runId, name }: Asked): Promise<SignalWait | null> {
  const [row] = await db
    .select({ key: steps.key, since: steps.startedAt, waitingFor: steps.waitingFor })
    .from(steps)
    .where(
      and(
        eq(steps.runId, runId),
        eq(steps.status, "WAITING"),
        sql`${steps.waitingFor} ->> 'kind' = 'signal'`,
        sql`${steps.waitingFor} ->> 'name' = ${name}`,
      ),
    )
    .orderBy(asc(steps.startedAt), asc(steps.key))
    .limit(1);
  return row === undefined ? null : signalWaitOf(row);
}

/** Of the recipe's own steps: a `foreach` may open further items as long as it is not done. */
async function areDone(db: Pick<ApiSql, "select">, runId: RunId, rootIds: readonly string[]): Promise<boolean> {
  const [row] = await db
    .select({
      areDone: sql<boolean | null>`bool_and(${steps.status} in ('COMPLETED', 'FAILED', 'SKIPPED', 'CANCELED'))`,
    })
    .from(steps)
    .where(and(eq(steps.runId, runId), inArray(steps.key, [...rootIds])));
  return row?.areDone === true;
}

async function findAnswer(db: Pick<ApiSql, "select">, { runId, name, idempotencyKey }: Asked): Promise<Date | null> {
  const [row] = await db
    .select({ at: signals.receivedAt })
    .from(signals)
    .where(and(eq(signals.runId, runId), eq(signals.name, name), eq(signals.idempotencyKey, idempotencyKey)));
  return row?.at ?? null;
}
