import type { Lease } from "../ledger/ports.ts";
import type { OpenAttempts } from "./attempts.ts";
import type { Clock } from "./clock.ts";
import { memberOf, type Queue } from "./queue.ts";

/** What keeping leases takes. */
export interface LeaseKeeperPorts {
  readonly attempts: OpenAttempts;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly leaseMs: number;
  /** Renews leases in PostgreSQL; never rejects, as a lease that is not renewed just runs out. */
  readonly renew: (leases: readonly Lease[], expiresAt: Date) => Promise<void>;
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
      this.#ports.clock.after(this.#ports.leaseMs / 3, () => {
        this.#isWaiting = false;
        void this.#renew();
      });
    }
  }

  async #renew(): Promise<void> {
    const { attempts, queue, clock, leaseMs, renew } = this.#ports;
    const nowMs = clock.now().getTime();
    const leases = attempts.leases(nowMs);
    if (leases.length === 0) {
      return;
    }
    this.keep();
    const expiresAt = new Date(nowMs + leaseMs);
    await renew(leases, expiresAt);
    // An attempt that settled meanwhile may have put its step's message to another instant.
    const open = new Set(attempts.leases(nowMs).map((lease) => lease.token));
    try {
      await queue.hide(leases.filter((lease) => open.has(lease.token)).map(memberOf), expiresAt);
    } catch {
      // A message that reappears early is refused with `leased` and put back.
    }
  }
}
