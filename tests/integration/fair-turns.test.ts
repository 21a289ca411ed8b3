import { expect, it } from "vitest";
import { useStack } from "../stack/test-stack.ts";

const STEPS = 200;

/** Near the limit of what one expression may cost. */
const HEAVY = "${{ $sum([1..5000].($ * 2 + 1)) }}";

const stack = useStack();

it("the API answers again and again while 200 heavy expressions wait for their turn", async () => {
  await stack.api.save({
    name: "heavy",
    steps: Array.from({ length: STEPS }, (_, index) => ({
      id: `step_${index}`,
      needs: [],
      type: "transform",
      with: HEAVY,
    })),
  });
  const { id } = await stack.api.start("heavy");
  let answered = 0;
  let run = await stack.api.run(id);
  while (run.status === "RUNNING" || run.status === "PENDING") {
    answered += 1;
    run = await stack.api.run(id);
  }
  expect(run).toMatchObject({ status: "COMPLETED", attempts: STEPS });
  // On one thread without turns, the first answer comes when all is done.
  expect(answered).toBeGreaterThan(2);
});
