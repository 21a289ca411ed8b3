import { describe, expect, it } from "vitest";
import { isApiKey, parseKeyLink } from "../../../dashboard/model/key-link.ts";

/** Every character that a key can have. */
const PRINTABLE = Array.from({ length: 94 }, (_, index) => String.fromCodePoint(0x21 + index)).join("");

describe("a link with an API key", () => {
  it("gives back any key as it was put in", () => {
    expect(parseKeyLink(`#key=${encodeURIComponent(PRINTABLE)}`)).toEqual({ kind: "key", key: PRINTABLE });
  });

  it.each([
    ["nothing", ""],
    ["a lone %", "%"],
    ["half an escape", "baton_abc%4"],
    ["bytes that are no UTF-8", "%E0%A4%A"],
    ["a space", "a%20b"],
    ["a line break", "a%0Ab"],
    ["a letter that no header carries", encodeURIComponent("ключ")],
    ["more than 512 characters", "x".repeat(513)],
  ])("with %s is malformed", (_, written) => {
    expect(parseKeyLink(`#key=${written}`)).toEqual({ kind: "malformed" });
  });

  it.each(["", "#", "#/", "#/runs?key=x", "#keys=x"])("is not the address %j", (hash) => {
    expect(parseKeyLink(hash)).toEqual({ kind: "none" });
  });

  it("a key has from 1 to 512 characters", () => {
    expect(["", "x", "x".repeat(512), "x".repeat(513)].map(isApiKey)).toEqual([false, true, true, false]);
  });
});
