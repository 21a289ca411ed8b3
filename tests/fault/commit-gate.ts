import postgres from "postgres";
import { waitUntil } from "../stack/wait-until.ts";

/** Any number that no other advisory lock has. */
const GATE_LOCK = 471_105;

/** Which transactions the gate holds: those that insert or update a row of `table` for which `condition` is true. */
export interface GatedWrite {
  readonly table: "runs" | "steps" | "signals";
  /** SQL over `new`. */
  readonly condition: string;
}

type Sql = ReturnType<typeof postgres>;

/**
 * Holds transactions in the middle of their `COMMIT`, so that whoever sent it can be killed at exactly that point:
 * everything is written, nobody has been told. Then the commit is let through, or undone.
 */
export class CommitGate {
  /** One connection: the lock belongs to its session. */
  readonly #keeper: Sql;

  private constructor(keeper: Sql) {
    this.#keeper = keeper;
  }

  /**
   * Puts the gate up. Baton gives up on locks after 200 ms, and whoever is to be killed at the gate takes longer to die:
   * there it waits for as long as its statement may take.
   *
   * @param databaseUrl - The stack's database.
   * @param write - What it holds.
   * @returns The gate, closed.
   */
  static async close(databaseUrl: string, { table, condition }: GatedWrite): Promise<CommitGate> {
    const keeper = postgres(databaseUrl, { max: 1, connect_timeout: 5, onnotice: () => undefined });
    await keeper`select pg_advisory_lock(${GATE_LOCK})`;
    await keeper.unsafe(`
      create function commit_gate() returns trigger language plpgsql set lock_timeout = 0 as $$
      begin
        perform pg_advisory_xact_lock(${GATE_LOCK});
        return null;
      end $$;
      create constraint trigger commit_gate after insert or update on ${table}
        deferrable initially deferred for each row when (${condition}) execute function commit_gate();`);
    return new CommitGate(keeper);
  }

  /** Waits until a transaction stands at the gate. */
  async reached(): Promise<void> {
    await waitUntil(async () => ((await this.#held()).length > 0 ? true : null), { until: "a commit is held" });
  }

  /** Lets the commit through, although its sender is gone, and takes the gate down. */
  async letThrough(): Promise<void> {
    await this.#open();
  }

  /** Cuts the connection of the commit, which undoes it, and takes the gate down. */
  async undo(): Promise<void> {
    for (const pid of await this.#held()) await this.#keeper`select pg_terminate_backend(${pid})`;
    await this.#open();
  }

  async #open(): Promise<void> {
    await this.#keeper`select pg_advisory_unlock(${GATE_LOCK})`;
    // Waits for the transaction, which holds a lock on the table until it has ended.
    await this.#keeper`drop function commit_gate cascade`;
    await this.#keeper.end({ timeout: 5 });
  }

  async #held(): Promise<readonly number[]> {
    const rows = await this.#keeper<{ pid: number }[]>`
      select pid from pg_locks where locktype = 'advisory' and objid = ${GATE_LOCK} and not granted`;
    return rows.map(({ pid }) => pid);
  }
}
