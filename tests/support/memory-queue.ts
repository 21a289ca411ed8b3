import type { Claim, Queue, QueueMessage, QueueStats } from "../../src/shard/dispatch/queue.ts";

/** What was asked of the queue. */
export interface QueueWrite {
  readonly added: readonly QueueMessage[];
  readonly removed: readonly string[];
}

/** When a method of the queue is to fail: the error it throws, or null. */
export interface QueueFaults {
  claim: () => Error | null;
  write: () => Error | null;
  hide: () => Error | null;
  restore: () => Error | null;
}

/** One shard's queue in memory: a member, and the epoch ms at which it becomes visible. */
export class MemoryQueue implements Queue {
  readonly faults: QueueFaults = { claim: () => null, write: () => null, hide: () => null, restore: () => null };
  readonly messages = new Map<string, number>();
  /** The limits of the claims so far. */
  readonly claimLimits: number[] = [];
  readonly writes: QueueWrite[] = [];
  /** While set, writes wait for it. */
  gate: Promise<void> = Promise.resolve();
  #hasMark = true;

  /** Loses everything, as a flush does. */
  flush(): void {
    this.messages.clear();
    this.#hasMark = false;
  }

  async claim(request: { readonly now: Date; readonly limit: number; readonly hiddenUntil: Date }): Promise<Claim> {
    this.claimLimits.push(request.limit);
    throwIfAny(this.faults.claim());
    const due = this.#byTime().filter(([, visibleMs]) => visibleMs <= request.now.getTime());
    const members = due.slice(0, request.limit).map(([member]) => member);
    for (const member of members) {
      this.messages.set(member, request.hiddenUntil.getTime());
    }
    const next = this.#byTime()[0];
    return { members, nextAt: next === undefined ? null : new Date(next[1]), isLost: !this.#hasMark };
  }

  async write(added: readonly QueueMessage[], removed: readonly string[]): Promise<void> {
    this.writes.push({ added, removed });
    await this.gate;
    throwIfAny(this.faults.write());
    for (const { member, visibleAt } of added) {
      this.messages.set(member, visibleAt.getTime());
    }
    for (const member of removed) {
      this.messages.delete(member);
    }
  }

  async hide(members: readonly string[], hiddenUntil: Date): Promise<void> {
    throwIfAny(this.faults.hide());
    for (const member of members.filter((one) => this.messages.has(one))) {
      this.messages.set(member, hiddenUntil.getTime());
    }
  }

  async restore(messages: readonly QueueMessage[], hiddenUntilMax: Date): Promise<void> {
    throwIfAny(this.faults.restore());
    this.#hasMark = true;
    for (const { member, visibleAt } of messages) {
      const visibleMs = this.messages.get(member) ?? visibleAt.getTime();
      const isStrayed = visibleMs > hiddenUntilMax.getTime();
      this.messages.set(member, isStrayed ? Math.min(visibleMs, visibleAt.getTime()) : visibleMs);
    }
  }

  async stats(now: Date): Promise<QueueStats> {
    const due = this.#byTime().filter(([, visibleMs]) => visibleMs <= now.getTime());
    const lagMs = Math.max(0, now.getTime() - (due[0]?.[1] ?? now.getTime()));
    return { depth: this.messages.size, dueCount: due.length, lagMs };
  }

  /** As a sorted set is: by score, then by the bytes of the member. */
  #byTime(): readonly (readonly [string, number])[] {
    return [...this.messages].toSorted(
      ([leftName, left], [rightName, right]) => left - right || (leftName < rightName ? -1 : 1),
    );
  }
}

function throwIfAny(fault: Error | null): void {
  if (fault !== null) {
    throw fault;
  }
}
