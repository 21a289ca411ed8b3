import type { Evaluation } from "../evaluation/evaluation.ts";
import type { Value } from "../evaluation/values.ts";
import { addToDate, countBetween } from "../formats/date-arithmetic.ts";
import { formatDate } from "../formats/format-date.ts";
import { parseIsoDate } from "../formats/iso-date.ts";
import { parseDate } from "../formats/parse-date.ts";
import { findTimeZone, type TimeZone } from "../formats/time-zone.ts";
import type { FunctionDefinition } from "./definition.ts";
import { madeText, metered, pictureOf, pictureTextOf } from "./formats.ts";

/** Functions of instants: milliseconds since 1970, or texts in ISO 8601. */
export const DATE_FUNCTIONS: readonly FunctionDefinition[] = [
  { name: "millis", signature: "<:n>", run: (run) => run.nowMs },
  {
    name: "now",
    signature: "<s?s?:s>",
    run: metered(50, (run, [picture, zone]) => writeInstant(run, run.nowMs, picture, zone)),
  },
  {
    name: "fromMillis",
    signature: "<n-s?s?:s>",
    run: metered(50, (run, [value, picture, zone]) =>
      typeof value === "number" ? writeInstant(run, value, picture, zone) : undefined,
    ),
  },
  { name: "toMillis", signature: "<s-s?:n>", run: metered(40, readInstant) },
  { name: "dateAdd", signature: "<(ns)nss?:x>", run: metered(280, addTime) },
  { name: "dateDiff", signature: "<(ns)(ns)ss?:n>", run: metered(700, countTime) },
];

function writeInstant(run: Evaluation, instantMs: number, picture: Value, zone: Value): string {
  return madeText(run, formatDate(instantMs, pictureOf(run, picture), zoneOf(run, zone)));
}

/** A zone with a name is looked up. */
function zoneOf(run: Evaluation, zone: Value): TimeZone {
  const name = pictureTextOf(zone) ?? "Z";
  run.spend(/^[A-Za-z]{2}/.test(name) ? ZONE_COST : 0);
  return findTimeZone(name);
}

const ZONE_COST = 250;

/** A picture becomes a regular expression. */
const READ_COST = 1500;

/** The part of it that reads a number in words knows all of them. */
const WORDS_COST = 25_000;

function readInstant(run: Evaluation, [value, picture]: readonly Value[]): Value {
  const text = pictureTextOf(value);
  if (text === null) {
    return undefined;
  }
  run.readText(text.length * 4);
  const form = pictureOf(run, picture);
  if (form === null) {
    return parseIsoDate(text);
  }
  const wordsCount = form.match(/w/gi)?.length ?? 0;
  run.spend(READ_COST + wordsCount * WORDS_COST + text.length * form.length);
  return parseDate(text, form, new Date(run.nowMs)) ?? undefined;
}

function instantOf(value: Value): number | null {
  const text = pictureTextOf(value);
  return typeof value === "number" ? value : text === null ? null : parseIsoDate(text);
}

/** A text gives a text, in the zone; a number gives a number. */
function addTime(run: Evaluation, [value, amount, unit, zone]: readonly Value[]): Value {
  const instantMs = instantOf(value);
  if (instantMs === null || typeof amount !== "number" || typeof unit !== "string") {
    return undefined;
  }
  const timeZone = zoneOf(run, zone);
  const movedMs = addToDate(instantMs, amount, unit, timeZone);
  return typeof value === "number" ? movedMs : madeText(run, formatDate(movedMs, null, timeZone));
}

function countTime(run: Evaluation, [from, to, unit, zone]: readonly Value[]): Value {
  const [fromMs, toMs] = [instantOf(from), instantOf(to)];
  return fromMs === null || toMs === null || typeof unit !== "string"
    ? undefined
    : countBetween(fromMs, toMs, unit, zoneOf(run, zone));
}
