import type { Assignment } from "../../src/domain/run/outcome.ts";
import worker, { Reads, Shard, StepConsumer as RealStepConsumer } from "../../src/index.ts";

/** The real consumer, but for steps with the id `hangs`: they never give the runtime's one thread back. */
export class StepConsumer extends RealStepConsumer {
  override async execute(assignment: Assignment): Promise<void> {
    while (assignment.node.id === "hangs") {
      // What a mistake in a library or in Baton would do.
    }
    return super.execute(assignment);
  }
}

export { Reads, Shard };

// oxlint-disable-next-line import/no-default-export -- the runtime finds the Worker there
export default worker;
