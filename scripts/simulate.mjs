// `npm run simulate` from a fresh clone: plain JavaScript for Node 20, which installs and then hands over to Node 24.
import { handOver } from "./hand-over.mjs";

process.exitCode = await handOver("simulate/main.ts", process.argv.slice(2));
