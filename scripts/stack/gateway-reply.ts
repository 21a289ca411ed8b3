/** What Redis answers: RESP values as JSON carries them. Redis sends integers beyond 2^53 as strings here. */
export type Reply = null | string | number | readonly Reply[];

/** The outcome of one command, in the shape Upstash's REST protocol gives it. */
export type Outcome = { readonly result: Reply } | { readonly error: string };

/** One command: its name and arguments, as text. */
export type Command = readonly [string, ...string[]];

/**
 * Encodes a reply the way clients that send `Upstash-Encoding: base64` expect it.
 * Text becomes base64 of its UTF-8 bytes, also inside arrays; only a top-level `OK` stays as it is.
 *
 * @param reply - What Redis answered.
 * @returns The value for the field `result`.
 */
export function encodeReply(reply: Reply): Reply {
  return reply === "OK" ? reply : encodeNested(reply);
}

function encodeNested(reply: Reply): Reply {
  if (typeof reply === "string") {
    return Buffer.from(reply, "utf8").toString("base64");
  }
  return Array.isArray(reply) ? reply.map(encodeNested) : reply;
}

/**
 * Reads one command out of a parsed request body.
 *
 * @param value - What should be a non-empty array of text, numbers and booleans.
 * @returns The command, or null when the value is no command.
 */
export function parseCommand(value: unknown): Command | null {
  if (!Array.isArray(value)) {
    return null;
  }
  const words: string[] = [];
  for (const item of value as readonly unknown[]) {
    if (typeof item !== "string" && typeof item !== "number" && typeof item !== "boolean") {
      return null;
    }
    words.push(String(item));
  }
  const [name, ...args] = words;
  return name === undefined || name === "" ? null : [name, ...args];
}

/**
 * Reads a list of commands out of a parsed request body.
 *
 * @param value - What should be a non-empty array of commands.
 * @returns The commands, or null when the value is no such list.
 */
export function parseCommands(value: unknown): readonly Command[] | null {
  if (!Array.isArray(value) || value.length === 0) {
    return null;
  }
  const commands: Command[] = [];
  for (const item of value as readonly unknown[]) {
    const command = parseCommand(item);
    if (command === null) {
      return null;
    }
    commands.push(command);
  }
  return commands;
}

/**
 * Gives a value of a client library the shape that RESP has: no booleans, no fractions, no objects.
 * (ioredis makes an object of a hash; the in-memory Redis gives Lua's booleans and numbers as they are.)
 *
 * @param value - What the library resolved with.
 * @returns The reply as Redis would have sent it.
 */
export function toReply(value: unknown): Reply {
  if (value === undefined || value === null || value === false) {
    return null;
  }
  if (value === true) {
    return 1;
  }
  if (typeof value === "number") {
    return Math.trunc(value);
  }
  if (typeof value === "string") {
    return value;
  }
  if (Array.isArray(value)) {
    return (value as readonly unknown[]).map(toReply);
  }
  return Object.entries(value).flatMap(([field, item]) => [field, toReply(item)]);
}
