import { UnavailableError } from "../domain/errors.ts";
import type { LedgerStore, LedgerTransaction } from "../ledger/ports.ts";
import type { Clock } from "../runtime/clock.ts";
import type { WriteRefusal } from "./rpc.ts";

/** States in which PostgreSQL refuses every change, by their beginning: out of disk or memory, read only, I/O errors. */
const REFUSING_STATES = ["53", "25006", "58"] as const;

/** Watches what comes of the ledger's transactions: PostgreSQL may answer every question and take no change. */
export class WriteWatch {
  readonly #clock: Clock;
  #refusal: WriteRefusal | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The last transaction, when it was refused as every other would be; null when it was not. */
  get refusal(): WriteRefusal | null {
    return this.#refusal;
  }

  /**
   * Puts the watch on a store.
   *
   * @param store - The store.
   * @returns The same, watched.
   */
  watch(store: LedgerStore): LedgerStore {
    return { ...store, open: async (request) => this.#watchTransaction(await this.#note(store.open(request))) };
  }

  #watchTransaction(transaction: LedgerTransaction): LedgerTransaction {
    return {
      ...transaction,
      save: async (request) => {
        const saved = await this.#note(transaction.save(request));
        this.#refusal = null;
        return saved;
      },
    };
  }

  async #note<Value>(work: Promise<Value>): Promise<Value> {
    try {
      return await work;
    } catch (error) {
      const sqlState = error instanceof UnavailableError ? sqlStateOf(error.cause) : "";
      if (REFUSING_STATES.some((state) => sqlState.startsWith(state))) {
        this.#refusal = { at: this.#clock.now(), sqlState };
      }
      throw error;
    }
  }
}

function sqlStateOf(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : null;
  return typeof code === "string" ? code : "";
}
