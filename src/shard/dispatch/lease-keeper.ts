import type { LeaseToken } from "../../domain/ids.ts";
import { messageOf } from "../../domain/target.ts";
import type { Lease } from "../../ledger/ports.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { OpenAttempts } from "./attempts.ts";
import type { QueueWriter } from "./queue-writer.ts";

/** What keeping leases takes. */
export interface LeaseKeeperPorts {
  readonly attempts: OpenAttempts;
  readonly clock: Clock;
  readonly leaseMs: number;
  /** How often they are renewed. */
  readonly renewalMs: number;
  /** Renews leases in PostgreSQL and gives the attempts that hold theirs; null when that could not be found out. */
  readonly renew: (leases: readonly Lease[], expiresAt: Date) => Promise<ReadonlySet<LeaseToken> | null>;
  readonly writer: Pick<QueueWriter, "hide">;
  /** Told of an attempt that has lost its lease, or is about to. */
  readonly lost: (token: LeaseToken) => void;
}

/** Renews the leases of open attempts three times a lease, for as long as there are any. */
export class LeaseKeeper {
  readonly #ports: LeaseKeeperPorts;
  #isWaiting = false;

  constructor(ports: LeaseKeeperPorts) {
    this.#ports = ports;
  }

  /** An attempt has begun. */
  keep(): void {
    if (!this.#isWaiting) {
      this.#isWaiting = true;
      this.#ports.clock.after(this.#ports.renewalMs, () => {
        this.#isWaiting = false;
        void this.#renew();
      });
    }
  }

  async #renew(): Promise<void> {
    const { attempts, clock, leaseMs, renew, writer, lost } = this.#ports;
    const leases = attempts.leases();
    if (leases.length === 0) {
      return;
    }
    // A call that never returns must not keep its place for ever.
    attempts.countRenewal().forEach(lost);
    this.keep();
    const expiresAt = new Date(clock.now().getTime() + leaseMs);
    const held = await renew(leases, expiresAt);
    if (held === null) {
      return;
    }
    // An attempt that lost its lease is no longer ours: its place is free, and its step's message is that of a retry.
    for (const { token } of leases) {
      if (!held.has(token)) {
        lost(token);
      }
    }
    // An attempt that settled meanwhile may have put its step's message to another instant as well.
    const kept = attempts.leases().filter(({ token }) => held.has(token));
    writer.hide(
      kept.map(({ runId, stepKey }) => messageOf({ runId, target: stepKey })),
      expiresAt,
    );
  }
}
