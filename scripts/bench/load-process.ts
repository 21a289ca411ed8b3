// The load generator: a process of its own, so that its CPU is told apart and it does not hold up the Redis gateway.
import { parseLoadJob } from "./load-job.ts";
import { sendRequests } from "./send-requests.ts";

process.on("message", (message) => {
  sendRequests(parseLoadJob(message)).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
