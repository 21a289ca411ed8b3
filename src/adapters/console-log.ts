import type { Log, LogFields } from "../dispatch/log.ts";

/**
 * Makes a log of JSON lines on the console, which Workers hand on to wherever the deployment sends them.
 *
 * @param base - Fields of every line.
 * @returns The log.
 */
export function createConsoleLog(base: LogFields): Log {
  function write(level: "info" | "warn" | "error", message: string, fields: LogFields): void {
    console[level](JSON.stringify({ level, message, ...base, ...fields }));
  }
  return {
    info: (message, fields = {}) => {
      write("info", message, fields);
    },
    warn: (message, fields = {}) => {
      write("warn", message, fields);
    },
    error: (message, fields = {}) => {
      write("error", message, fields);
    },
  };
}
