import type { OperatorEvent } from "../../../api/audit/port.ts";
import { operatorEvents } from "../schema/api-keys.ts";
import type { ApiSql } from "./lane.ts";

/**
 * Notes what an operator did, in the transaction that does it.
 *
 * @param tx - That transaction.
 * @param event - What was done.
 */
export async function noteOperatorEvent(tx: Pick<ApiSql, "insert">, event: Omit<OperatorEvent, "id">): Promise<void> {
  await tx.insert(operatorEvents).values(event);
}
