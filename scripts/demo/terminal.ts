/** How output may look: decided once, from the terminal and the environment. */
export interface TerminalStyle {
  /** Whether lines may be drawn over. */
  readonly live: boolean;
  readonly color: boolean;
  readonly unicode: boolean;
  /** Width in characters, at least 60. */
  readonly columns: number;
}

/** Meanings that have a colour. Each also has a word or an icon: colour never stands alone. */
export type Tone = "good" | "bad" | "busy" | "quiet" | "bold";

const COLUMNS_MIN = 60;
const COLUMNS_DEFAULT = 100;

const CODES = { good: 32, bad: 31, busy: 33, quiet: 90, bold: 1 } as const satisfies Record<Tone, number>;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds out what the terminal can do.
 *
 * @param stream - Where the output goes.
 * @param env - The environment: `NO_COLOR`, `FORCE_COLOR`, `CI`, `TERM`, `LC_ALL`, `LC_CTYPE`, `LANG`.
 * @param plain - Whether plain lines were asked for.
 * @returns The style to print in.
 */
export function detectStyle(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Environment,
  plain: boolean,
): TerminalStyle {
  const isTerminal = stream.isTTY === true && env["TERM"] !== "dumb";
  const isCi = env["CI"] !== undefined && env["CI"] !== "" && env["CI"] !== "false";
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return {
    live: isTerminal && !isCi && !plain,
    color: wantsColor(env, isTerminal),
    unicode: /utf-?8/iu.test(locale),
    columns: Math.max(COLUMNS_MIN, stream.columns ?? COLUMNS_DEFAULT),
  };
}

function wantsColor(env: Environment, isTerminal: boolean): boolean {
  if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") {
    return false;
  }
  const forced = env["FORCE_COLOR"];
  return forced === undefined || forced === "" ? isTerminal : forced !== "0";
}

/**
 * Colours text.
 *
 * @param style - Whether colours may be used.
 * @param tone - What the text means.
 * @param text - The text.
 * @returns The text, with or without escape codes.
 */
export function paint(style: TerminalStyle, tone: Tone, text: string): string {
  return style.color ? `\u001B[${CODES[tone]}m${text}\u001B[0m` : text;
}

/**
 * Cuts text to a width.
 *
 * @param style - Which sign stands for what was cut.
 * @param text - The text, without escape codes.
 * @param width - In characters.
 * @returns At most that many characters.
 */
export function truncate(style: TerminalStyle, text: string, width: number): string {
  const mark = style.unicode ? "…" : "~";
  return text.length <= width ? text : text.slice(0, Math.max(0, width - 1)) + mark;
}

/**
 * Gives the icon of a state.
 *
 * @param style - Whether it may be Unicode.
 * @param status - Status of a run or step, upper case.
 * @returns The icon and the tone it is painted in.
 */
export function iconOf(style: TerminalStyle, status: string): { readonly icon: string; readonly tone: Tone } {
  if (status === "COMPLETED") {
    return { icon: style.unicode ? "✓" : "[ok]", tone: "good" };
  }
  if (status === "FAILED") {
    return { icon: style.unicode ? "✕" : "[x]", tone: "bad" };
  }
  if (status === "RETRYING") {
    return { icon: style.unicode ? "↻" : "[~]", tone: "busy" };
  }
  if (status === "RUNNING") {
    return { icon: style.unicode ? "▶" : "[>]", tone: "busy" };
  }
  return { icon: style.unicode ? "○" : "[ ]", tone: "quiet" };
}

/**
 * Writes a duration the way people read it.
 *
 * @param ms - Milliseconds.
 * @returns `282 ms`, or `2.1 s` from one second up.
 */
export function formatDuration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
