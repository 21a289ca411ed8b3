/** One step's message and the instant from which it is visible. */
export interface QueueMessage {
  readonly member: string;
  readonly visibleAt: Date;
}

/** What a claim found. */
export interface Claim {
  /** Members that were due; they are hidden until the visibility timeout. */
  readonly members: readonly string[];
  /** When the next message becomes visible; null when the queue is empty. */
  readonly nextAt: Date | null;
  /** The queue has lost its mark, so Redis was flushed or is new: the sweeper must fill it again. */
  readonly isLost: boolean;
}

/** State of a shard's queue, for health and metrics. */
export interface QueueStats {
  readonly depth: number;
  readonly dueCount: number;
  /** How long the oldest due message has been visible; 0 when none is due. */
  readonly lagMs: number;
}

/**
 * The queue of one shard: hints that something may be due. It may lose, duplicate, delay or reorder anything. Every
 * method throws `UnavailableError` when Redis cannot be reached in time.
 */
export interface Queue {
  /** Hides up to `limit` due messages until `hiddenUntil` and returns them. */
  claim(request: { readonly now: Date; readonly limit: number; readonly hiddenUntil: Date }): Promise<Claim>;
  /** Puts messages on the queue (a step has one message: the last write wins) and takes others off it. */
  write(added: readonly QueueMessage[], removed: readonly string[]): Promise<void>;
  /** Hides messages longer, if they are still on the queue. */
  hide(members: readonly string[], hiddenUntil: Date): Promise<void>;
  /**
   * Adds messages that are missing and marks the queue as filled. Messages that are there stay as they are, but for
   * those hidden beyond `hiddenUntilMax`: nobody hides one for so long, so the clock has moved back since.
   */
  restore(messages: readonly QueueMessage[], hiddenUntilMax: Date): Promise<void>;
  stats(now: Date): Promise<QueueStats>;
}
