/** A moment at which something can be lost, and what finds it again. */
export interface CrashWindow {
  readonly window: string;
  readonly healedBy: string;
}

/** Every crash window of the architecture. Each has at least one test whose name begins with the window's. */
export const FAULT_PLAN: readonly CrashWindow[] = [
  {
    window: "api crashes after the commit of `start`, before `ZADD`",
    healedBy: "the sweeper queues the run's steps",
  },
  {
    window: "shard dies after claim, before `begin`",
    healedBy: "the message reappears after its visibility timeout",
  },
  {
    window: "shard dies after the commit of a hand-over, before it calls the consumer",
    healedBy: "the lease expires and the attempt is repeated",
  },
  {
    window: "shard dies while consumers work",
    healedBy: "their `settle` reaches the new shard with a token that is still current",
  },
  {
    window: "consumer dies while executing",
    healedBy: "the lease expires and the retry policy decides",
  },
  {
    window: "consumer dies after the call succeeded, before `settle`",
    healedBy: "the call is repeated with the same key",
  },
  {
    window: "shard dies after the commit of `settle`, before `ZADD` and `ZREM`",
    healedBy: "the sweeper queues what is ready; a stale message is refused and acked",
  },
  {
    window: "message delivered twice, or to two consumers",
    healedBy: "`begin` is conditional and `settle` is fenced",
  },
  {
    window: "attempt finishes after its lease expired",
    healedBy: "its result is recorded as `lease_lost`, not applied",
  },
  {
    window: "Redis flushed, restarted, unreachable",
    healedBy: "the sweeper refills the queue; starts are still accepted",
  },
  {
    window: "PostgreSQL restarted, connections cut, unreachable",
    healedBy: "the batch fails whole, messages reappear, the API answers 503 with `Retry-After`",
  },
  {
    window: "Worker runtime killed (SIGKILL) and restarted",
    healedBy: "all of the above",
  },
  {
    window: "poison message (unknown run, broken key)",
    healedBy: "it is acked and logged",
  },
];
