import { describe, expect, it } from "vitest";
import { addToDate, countBetween } from "../../../../../src/language/expression/formats/date-arithmetic.ts";
import { formatDate } from "../../../../../src/language/expression/formats/format-date.ts";
import { parseIsoDate } from "../../../../../src/language/expression/formats/iso-date.ts";
import { parseDate } from "../../../../../src/language/expression/formats/parse-date.ts";
import { findTimeZone } from "../../../../../src/language/expression/formats/time-zone.ts";

const BERLIN = findTimeZone("Europe/Berlin");
const UTC = findTimeZone("UTC");
const NOW = new Date("2026-07-14T09:30:00Z");

function iso(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString();
}

describe("time zones", () => {
  it.each([
    ["Z", 0],
    ["utc", 0],
    ["+05:30", 330],
    ["+0530", 330],
    ["0530", 330],
    ["-0530", -330],
    ["-08", -480],
    ["Europe/Berlin", 120],
    ["Asia/Kathmandu", 345],
  ])("%s is found", (text, minutes) => {
    expect(findTimeZone(text)(Date.parse("2024-07-01T00:00:00Z"))).toBe(minutes);
  });

  it.each(["Mars/Phobos", "+25:00", "+05:75", "", "tomorrow"])("%j is refused, never taken for UTC", (text) => {
    expect(() => findTimeZone(text)).toThrow("is no time zone");
  });

  it("the offset of a named zone is that of the instant", () => {
    expect(BERLIN(Date.parse("2024-01-01T00:00:00Z"))).toBe(60);
    expect(BERLIN(Date.parse("2024-03-31T00:59:59.999Z"))).toBe(60);
    expect(BERLIN(Date.parse("2024-03-31T01:00:00Z"))).toBe(120);
  });
});

describe("writing dates", () => {
  it("an offset with minutes moves hours and minutes alike, on both sides of UTC", () => {
    const picture = "[D01] [H01]:[m01] [Z] [Z0101] [Z0] [z]";
    expect(formatDate(0, picture, findTimeZone("+05:30"))).toBe("01 05:30 +05:30 +0530 +5:30 GMT+05:30");
    expect(formatDate(0, picture, findTimeZone("-05:30"))).toBe("31 18:30 -05:30 -0530 -5:30 GMT-05:30");
    expect(formatDate(0, picture, findTimeZone("-00:30"))).toBe("31 23:30 -00:30 -0030 -0:30 GMT-00:30");
  });

  it("UTC is written as Z where the picture asks for it", () => {
    expect(formatDate(0, null, UTC)).toBe("1970-01-01T00:00:00.000Z");
    expect(formatDate(0, "[Z01:01t] [Z01:01]", UTC)).toBe("Z +00:00");
  });

  it.each(["[Y,*-1000000000]", "[D,99999]", "[D,x]", "[D,-1]"])(
    "the width in %s is refused before it is filled",
    (picture) => {
      expect(() => formatDate(0, picture, UTC)).toThrow("is no width");
    },
  );

  it.each([Number.NaN, Infinity, 9e15])("%s is no instant", (epochMs) => {
    expect(() => formatDate(epochMs, null, UTC)).toThrow("is no instant");
  });
});

describe("reading dates", () => {
  it.each([
    ["2024", "2024-01-01T00:00:00.000Z"],
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
    ["2024-02-29T10:11:12", "2024-02-29T10:11:12.000Z"],
    ["2024-02-29T10:11:12.9999999+0530", "2024-02-29T04:41:12.999Z"],
    ["0050-06-01T00:00:00Z", "0050-06-01T00:00:00.000Z"],
    ["2024-02-29T24:00:00Z", "2024-03-01T00:00:00.000Z"],
  ])("%s is ISO 8601", (text, expected) => {
    expect(iso(parseIsoDate(text))).toBe(expected);
  });

  it.each([
    "2024-02-30T00:00:00Z",
    "2023-02-29",
    "2024-13-01",
    "2024-01-00",
    "2024-01-01T25:00:00Z",
    "2024-01-01T24:00:01Z",
    "2024-01-01T10:60:00Z",
    "2024-01-01T10:00:00+24:00",
  ])("%s does not exist, and is not moved to another day", (text) => {
    expect(() => parseIsoDate(text)).toThrow("does not exist");
  });

  it.each(["", "yesterday", "2024-1-1", "2024-01-01 10:00:00", "2024-01-01T10"])("%j is not ISO 8601", (text) => {
    expect(() => parseIsoDate(text)).toThrow("is no instant in ISO 8601");
  });

  it("a picture reads the day of the year with a time", () => {
    expect(iso(parseDate("2024-060 13:45", "[Y]-[d001] [H01]:[m01]", NOW))).toBe("2024-02-29T13:45:00.000Z");
  });

  it("a picture refuses what does not exist", () => {
    expect(() => parseDate("30/02/2024", "[D01]/[M01]/[Y0001]", NOW)).toThrow("does not exist");
    expect(() => parseDate("10:61", "[H01]:[m01]", NOW)).toThrow("does not exist");
    expect(() => parseDate("Junober 1", "[MNn] [D1]", NOW)).toThrow("is no name");
  });

  it("components before those given are today's", () => {
    expect(iso(parseDate("10:15", "[H01]:[m01]", NOW))).toBe("2026-07-14T10:15:00.000Z");
    expect(iso(parseDate("3:05 PM", "[h]:[m01] [PN]", NOW))).toBe("2026-07-14T15:05:00.000Z");
  });

  it("what a picture writes it reads again", () => {
    const picture = "[FNn], [D1o] [MNn] [Y0001], [h]:[m01]:[s01].[f001] [P] [z]";
    const at = Date.parse("2024-10-27T00:30:05.070Z");
    expect(parseDate(formatDate(at, picture, BERLIN), picture, NOW)).toBe(at);
  });
});

describe("arithmetic of dates", () => {
  it.each([
    ["2024-01-31T10:00:00Z", 1, "month", "2024-02-29T10:00:00.000Z"],
    ["2024-02-29T10:00:00Z", -4, "years", "2020-02-29T10:00:00.000Z"],
    ["2024-02-29T10:00:00Z", 1, "year", "2025-02-28T10:00:00.000Z"],
    ["2024-12-31T23:59:59.999Z", 1, "millisecond", "2025-01-01T00:00:00.000Z"],
    ["2024-11-30T00:00:00Z", 1, "quarter", "2025-02-28T00:00:00.000Z"],
  ])("%s and %i %s", (from, amount, unit, expected) => {
    expect(iso(addToDate(Date.parse(from), amount, unit, UTC))).toBe(expected);
  });

  it("a day of the calendar keeps the time of day when clocks change, and 24 hours do not", () => {
    const before = Date.parse("2024-03-30T12:00:00+01:00");
    expect(iso(addToDate(before, 1, "day", BERLIN))).toBe("2024-03-31T10:00:00.000Z");
    expect(iso(addToDate(before, 24, "hours", BERLIN))).toBe("2024-03-31T11:00:00.000Z");
  });

  it("a local time that is skipped becomes later, one that comes twice is the first", () => {
    expect(iso(addToDate(Date.parse("2024-03-30T02:30:00+01:00"), 1, "day", BERLIN))).toBe("2024-03-31T01:30:00.000Z");
    expect(iso(addToDate(Date.parse("2024-10-26T02:30:00+02:00"), 1, "day", BERLIN))).toBe("2024-10-27T00:30:00.000Z");
  });

  it.each([
    ["2024-01-31T10:00:00Z", "2024-02-29T10:00:00Z", "months", 1],
    ["2024-01-31T10:00:00Z", "2024-02-29T09:59:59Z", "months", 0],
    ["2024-02-29T00:00:00Z", "2020-02-29T00:00:00Z", "year", -4],
    ["2024-01-01T00:00:00Z", "2024-01-08T00:00:00Z", "week", 1],
    ["2024-01-01T00:00:00Z", "2024-01-01T00:59:59Z", "hour", 0],
    ["0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "day", 3_652_058],
  ])("from %s to %s in %s", (from, to, unit, count) => {
    expect(countBetween(Date.parse(from), Date.parse(to), unit, UTC)).toBe(count);
  });

  it("another unit, a fraction and a year without end are refused", () => {
    expect(() => addToDate(0, 1, "fortnight", UTC)).toThrow("is no unit");
    expect(() => addToDate(0, 0.5, "day", UTC)).toThrow("give a whole number");
    expect(() => addToDate(0, 1e9, "year", UTC)).toThrow("beyond what a date can hold");
    expect(() => countBetween(0, 1, "eon", UTC)).toThrow("is no unit");
  });
});
