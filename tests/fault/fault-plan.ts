/** A moment at which something can be lost, and what finds it again. */
export interface CrashWindow {
  readonly window: string;
  readonly healedBy: string;
  /** Where its tests are, in this folder. */
  readonly file: string;
}

/**
 * Every crash window of the architecture. Each has at least one test in its file whose name begins with the window's; a
 * reporter fails the suite when none of them ran, asserted something and passed.
 */
export const FAULT_PLAN: readonly CrashWindow[] = [
  {
    window: "api crashes after the commit of `start`, before `ZADD`",
    healedBy: "the sweeper queues the run's steps",
    file: "start-and-dispatch.test.ts",
  },
  {
    window: "shard dies after claim, before `begin`",
    healedBy: "the message reappears after its visibility timeout",
    file: "start-and-dispatch.test.ts",
  },
  {
    window: "shard dies after the commit of a hand-over, before it calls the consumer",
    healedBy: "the lease expires and the attempt is repeated",
    file: "start-and-dispatch.test.ts",
  },
  {
    window: "shard dies while consumers work",
    healedBy: "their `settle` reaches the new shard with a token that is still current",
    file: "shard-lost.test.ts",
  },
  {
    window: "consumer dies while executing",
    healedBy: "the lease expires and the retry policy decides",
    file: "settle.test.ts",
  },
  {
    window: "consumer dies after the call succeeded, before `settle`",
    healedBy: "the call is repeated with the same key",
    file: "settle.test.ts",
  },
  {
    window: "shard dies after the commit of `settle`, before `ZADD` and `ZREM`",
    healedBy: "the sweeper queues what is ready; a stale message is refused and acked",
    file: "settle.test.ts",
  },
  {
    window: "message delivered twice, or to two consumers",
    healedBy: "`begin` is conditional and `settle` is fenced",
    file: "delivery.test.ts",
  },
  {
    window: "attempt finishes after its lease expired",
    healedBy: "its result is recorded as `lease_lost`, not applied",
    file: "shard-lost.test.ts",
  },
  {
    window: "Redis flushed, restarted, unreachable",
    healedBy: "the sweeper refills the queue; starts are still accepted",
    file: "redis-lost.test.ts",
  },
  {
    window: "PostgreSQL restarted, connections cut, unreachable",
    healedBy: "the batch fails whole, messages reappear, the API answers 503 with `Retry-After`",
    file: "postgres-lost.test.ts",
  },
  {
    window: "Worker runtime killed (SIGKILL) and restarted",
    healedBy: "all of the above",
    file: "chaos.test.ts",
  },
  {
    window: "Worker runtime hangs in a step",
    healedBy: "it is replaced; the attempt counts when its lease ends, and the policy ends it",
    file: "worker-hangs.test.ts",
  },
  {
    window: "poison message (unknown run, broken key)",
    healedBy: "it is acked and logged",
    file: "delivery.test.ts",
  },
  {
    window: "another session of PostgreSQL holds a run's rows",
    healedBy: "only that run waits; its attempts keep their leases",
    file: "locked-run.test.ts",
  },
  {
    window: "more is reported at once than a shard can hold",
    healedBy: "reports wait in line, their attempts keep their leases, and no more are begun than there is room for",
    file: "large-outputs.test.ts",
  },
  {
    window: "the clock moves back",
    healedBy: "the sweeper finds what waits too long; no wait is longer than it was when it began",
    file: "clock-moved.test.ts",
  },
  {
    window: "timer comes due while everything is down",
    healedBy: "the sweeper finds it; it fires once",
    file: "waits.test.ts",
  },
  {
    window: "shard dies after the commit of a signal, before it answers",
    healedBy: "the run goes on; the sender's repeat under its key counts once",
    file: "signals.test.ts",
  },
  {
    window: "signal and timeout in the same instant",
    healedBy: "the first to be committed ends the step; the other changes nothing",
    file: "signals.test.ts",
  },
  {
    window: "`foreach` half expanded",
    healedBy: "the items and their first attempts are one commit: each is begun, or none is there",
    file: "foreach.test.ts",
  },
  {
    window: "killed between two items",
    healedBy: "the end of an item opens the next one in its commit; leases end and the sweeper queues what is ready",
    file: "foreach.test.ts",
  },
];
