import { LockedError, UnavailableError } from "../../domain/errors.ts";
import type { LeaseToken } from "../../domain/ids.ts";
import type { Assignment } from "../../domain/run/outcome.ts";
import { messageOf, parseMessage, type RunTarget, targetText } from "../../domain/target.ts";
import type { Commit } from "../../ledger/batch.ts";
import type { AttemptCapacity, Ledger } from "../../ledger/ledger.ts";
import { describeError } from "../../runtime/log.ts";
import { logLostCalls, OpenAttempts } from "./attempts.ts";
import { Backoff } from "./backoff.ts";
import { HandOver } from "./hand-over.ts";
import { LeaseKeeper } from "./lease-keeper.ts";
import type { DispatcherPorts, DispatchSettings } from "./ports.ts";
import { QueueWriter } from "./queue-writer.ts";

const CLAIM_MESSAGES_MAX = 128;

/** How long a message is put aside that PostgreSQL or the domain refuses. */
const POISON_HIDDEN_MS = 60_000;

/** How long a message is put aside whose run somebody else has locked. */
const LOCKED_HIDDEN_MS = 1_000;

/** Leases are renewed so often while they last. */
const RENEWALS_IN_LEASE = 3;

/** A claim hides its messages for the time it takes to begin them; after that the lease does. */
const CLAIM_HIDDEN_MS = 10_000;

/** The dispatch loop of a shard: what is due is begun and handed to consumers, as far as there is room. */
export class Dispatcher implements AttemptCapacity {
  /** Begins attempts as this dispatcher has room, and tells it of every commit. */
  readonly ledger: Ledger;
  readonly #ports: DispatcherPorts;
  readonly #writer: QueueWriter;
  readonly #attempts: OpenAttempts;
  readonly #leaseKeeper: LeaseKeeper;
  readonly #handOver: HandOver;
  readonly #backoff: Backoff;
  readonly #leaseMs: number;
  /** Messages may be due on the queue; false once a claim came back short. */
  #hasBacklog = true;
  #isPumping = false;
  #sweeping: Promise<void> | null = null;

  constructor(settings: DispatchSettings, ports: DispatcherPorts) {
    this.#ports = ports;
    this.#writer = new QueueWriter(ports.queue, ports.clock, {
      failed: (error) => {
        ports.log.warn("queue write failed; it is tried again", { error: describeError(error) });
      },
      recovered: () => {
        this.#hasBacklog = true;
        this.#pumpIfUseful();
      },
    });
    const { leaseMs, concurrency, callsInTurnMax } = settings;
    const renewalMs = leaseMs / RENEWALS_IN_LEASE;
    this.#leaseMs = leaseMs;
    this.#attempts = new OpenAttempts({
      max: concurrency,
      callsInTurnMax,
      renewalMs,
      clock: ports.clock,
      onGrown: () => {
        this.#pumpIfUseful();
      },
      reportsMax: () => this.ledger.attemptsMax,
      execute: logLostCalls(ports.execute, ports.log),
    });
    this.#leaseKeeper = new LeaseKeeper({
      attempts: this.#attempts,
      clock: ports.clock,
      leaseMs,
      renewalMs,
      renew: async (leases, expiresAt) => this.ledger.renew(leases, expiresAt),
      writer: this.#writer,
      lost: (token) => {
        this.#handOver.free(token);
        this.settled(token);
      },
    });
    const call = async (assignment: Assignment): Promise<void> => this.#call(assignment);
    this.#handOver = new HandOver({ clock: ports.clock, places: settings.computingMax, call });
    this.#backoff = new Backoff(ports.clock);
    // Last: from here on the ledger may ask for room, and be asked.
    this.ledger = ports.openLedger(this);
  }

  /** How many attempts are being executed. */
  get openCount(): number {
    return this.#attempts.count;
  }

  room(settling: readonly LeaseToken[]): number {
    return this.#attempts.room(settling);
  }

  committed(commit: Commit): void {
    for (const change of commit.messages) {
      this.#writer.change(messageOf(change), change.visibleAt);
      this.#noteDue(change.visibleAt);
    }
    for (const assignment of commit.assignments) {
      this.#leaseKeeper.keep();
      this.#attempts.open(assignment);
      this.#handOver.give(assignment);
    }
    this.#tell(commit);
    this.#pumpIfUseful();
  }

  /** The attempt with this token has something to report, and keeps its lease until that is saved. */
  reporting(token: LeaseToken): void {
    this.#attempts.report(token);
    this.#handOver.free(token);
  }

  /** The attempt with this token has settled, or found that it may not: its place is free. */
  settled(token: LeaseToken): void {
    this.#attempts.settle(token);
    this.#pumpIfUseful();
  }

  /** An event from outside came: the limits on one invocation start anew. */
  newTurn(): void {
    this.#attempts.newTurn();
    this.#pumpIfUseful();
  }

  /** Claims what is due. Resolves when nothing more is or there is no room; at once when claims are under way anyway. */
  async wake(): Promise<void> {
    this.#hasBacklog = true;
    await this.#pump();
  }

  /** Puts back on the queue what PostgreSQL says is due and the queue may have lost, then dispatches. */
  async sweep(): Promise<void> {
    // A shard sweeps when it wakes, and may have been woken to sweep: one of the two is enough.
    this.#sweeping ??= this.#sweepOnce().finally(() => {
      this.#sweeping = null;
    });
    await this.#sweeping;
  }

  async #sweepOnce(): Promise<void> {
    const placeless = await this.#writer.refill(this.#ports.findDue);
    // A claim takes as many messages as there are places: without one, the deadlines of runs would wait for it.
    await Promise.all(placeless.slice(0, CLAIM_MESSAGES_MAX).map((member) => this.#wake(member)));
    await this.wake();
  }

  /** The batch is committed: a listener that throws must not make the ledger think otherwise. */
  #tell(commit: Commit): void {
    try {
      this.#ports.onCommit(commit);
    } catch (error) {
      this.#ports.log.warn("a listener failed on a commit", { error: describeError(error) });
    }
  }

  #noteDue(visibleAt: Date | null): void {
    if (visibleAt === null) {
      return;
    }
    if (visibleAt > this.#ports.clock.now()) {
      this.#ports.wakeAt(visibleAt);
    } else {
      this.#hasBacklog = true;
    }
  }

  async #call(assignment: Assignment): Promise<void> {
    await this.#attempts.call(assignment);
    this.#pumpIfUseful();
  }

  #pumpIfUseful(): void {
    if (this.#attempts.isTurnSpent) {
      this.#ports.wakeInNewTurn();
    } else if (this.#hasBacklog && this.#attempts.room([]) > 0) {
      void this.#pump();
    }
  }

  /** Under a steady load the claims go on for hours, so nobody waits for those of another: each who did would be kept. */
  async #pump(): Promise<void> {
    if (this.#isPumping) {
      return;
    }
    if (this.#backoff.until !== null) {
      this.#noteDue(this.#backoff.until);
      return;
    }
    this.#isPumping = true;
    try {
      while (this.#hasBacklog && this.#backoff.until === null && this.#attempts.room([]) > 0) {
        await this.#claimOnce();
      }
      this.#backoff.succeed();
    } catch (error) {
      this.#backOff(error);
    } finally {
      this.#isPumping = false;
    }
  }

  async #claimOnce(): Promise<void> {
    // Cleared before anything else, so that a message enqueued while the claim is under way is noticed.
    this.#hasBacklog = false;
    // What was just enqueued must be there before the claim looks for it; nobody would look again.
    await this.#writer.settled();
    const now = this.#ports.clock.now();
    const limit = Math.min(this.#attempts.room([]), CLAIM_MESSAGES_MAX);
    const hiddenUntil = new Date(now.getTime() + CLAIM_HIDDEN_MS);
    const claim = await this.#ports.queue.claim({ now, limit, hiddenUntil });
    this.#hasBacklog ||= claim.members.length === limit;
    this.#noteDue(claim.nextAt);
    if (claim.isLost) {
      this.#ports.log.warn("the queue was lost; filling it from PostgreSQL");
      await this.#writer.refill(this.#ports.findDue);
      this.#hasBacklog = true;
    }
    await Promise.all(claim.members.map((member) => this.#wake(member)));
  }

  /** Wakes what a message stands for. A message that stands for nothing is taken off the queue: it must not loop. */
  async #wake(member: string): Promise<void> {
    const due = parseMessage(member);
    if (due === null) {
      this.#ports.log.warn("a message on the queue names no step; removed", { member });
      this.#writer.change(member, null);
      return;
    }
    if (this.#attempts.holds(member)) {
      // PostgreSQL was away for longer than a lease, or the clock has moved on; the attempt is at work all the same.
      this.#putAside(member, this.#leaseMs);
      return;
    }
    const { runId, target } = due;
    try {
      const reply = await this.ledger.apply({ type: "command", runId, command: { type: "wake", target } });
      if (reply.kind === "unknown_run") {
        this.#ports.log.warn("a message on the queue names an unknown run; removed", {
          runId,
          step: targetText(target),
        });
        this.#writer.change(member, null);
      }
    } catch (error) {
      this.#noteFailedWake(due, error);
    }
  }

  /**
   * When PostgreSQL is away the message is put aside until it is asked again; its visibility timeout is for shards that
   * died, and far longer than the loss of a connection lasts. One whose run is locked is put aside for a second. A
   * message that PostgreSQL or the domain refuses is poison: it is put aside for a minute. So none of them loops or
   * holds up the others.
   */
  #noteFailedWake({ runId, target }: RunTarget, error: unknown): void {
    const member = messageOf({ runId, target: targetText(target) });
    const fields = { runId, step: targetText(target), error: describeError(error) };
    if (error instanceof LockedError) {
      this.#ports.log.warn("a run is locked by another session of PostgreSQL; its message is put aside", fields);
      this.#putAside(member, LOCKED_HIDDEN_MS);
    } else if (error instanceof UnavailableError) {
      this.#ports.log.warn("begin failed", fields);
      this.#backOff(error);
      this.#writer.change(member, this.#backoff.until ?? this.#ports.clock.now());
    } else {
      this.#ports.log.error("a message cannot be begun; put aside", fields);
      this.#putAside(member, POISON_HIDDEN_MS);
    }
  }

  #putAside(member: string, hiddenMs: number): void {
    const visibleAt = new Date(this.#ports.clock.now().getTime() + hiddenMs);
    this.#writer.change(member, visibleAt);
    this.#noteDue(visibleAt);
  }

  #backOff(error: unknown): void {
    this.#hasBacklog = true;
    const delayMs = this.#backoff.fail();
    if (delayMs !== null) {
      this.#ports.log.warn("dispatch backs off", { error: describeError(error), delayMs });
      this.#noteDue(this.#backoff.until);
    }
  }
}
