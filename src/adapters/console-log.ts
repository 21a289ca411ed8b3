import type { Log, LogFields } from "../runtime/log.ts";

/** Most characters of a text in a log line; what goes beyond is told in numbers. */
const TEXT_LENGTH_MAX = 300;

/** What a terminal or a viewer would act on instead of showing: control, format and unassigned characters, line ends. */
const UNSHOWN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Makes a text safe for a log line, whoever wrote it: short, and every character in it to be seen. JSON escapes some
 * control characters, but not those that turn the direction of a line, end it in some viewers, or hide in it.
 *
 * @param text - Any text.
 * @returns At most a few hundred characters; others that cannot be seen are written as their code points.
 */
function showText(text: string): string {
  const shown = text.slice(0, TEXT_LENGTH_MAX).replace(UNSHOWN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
  return text.length > TEXT_LENGTH_MAX ? `${shown}... (${text.length} characters)` : shown;
}

function showFields(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? showText(value) : value]),
  );
}

/**
 * Makes a log of JSON lines on the console, which Workers hand on to wherever the deployment sends them. Every text in
 * the fields is bounded and escaped here, so no caller can forget it.
 *
 * @param base - Fields of every line.
 * @returns The log.
 */
export function createConsoleLog(base: LogFields): Log {
  function write(level: "info" | "warn" | "error", message: string, fields: LogFields): void {
    console[level](JSON.stringify({ level, message, ...base, ...showFields(fields) }));
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
