import type { Commit } from "../../src/ledger/batch.ts";
import type { SaveRequest } from "../../src/ledger/ports.ts";
import type { CommandRequest } from "../../src/ledger/request.ts";
import type { DueMessages } from "../../src/shard/dispatch/ports.ts";
import type { MemoryDatabase } from "../support/memory-database.ts";

/** A mistake that is put into the engine from outside, to see that it is found. */
export interface Plant {
  /** Changes a command before it is decided. */
  readonly command?: (request: CommandRequest, database: MemoryDatabase) => CommandRequest;
  /** Changes what a transaction writes. */
  readonly save?: (request: SaveRequest) => SaveRequest;
  /** Changes what follows from a commit. */
  readonly commit?: (commit: Commit) => Commit;
  /** Changes what the sweeper finds. */
  readonly due?: (due: DueMessages) => DueMessages;
}
