import { inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PageTokenPlace, PageTokens } from "../../../../src/baton/rpc/server/page-token.ts";
import { pageTokenKey } from "../../../../src/cli/daemon/page-token-key.ts";
import { systemClock } from "../../../../src/runtime/clock.ts";
import { isFailure } from "../../../../src/runtime/failure.ts";

const key = Buffer.from("what all replicas share");
const tokens = new PageTokens(key, systemClock);
const place: PageTokenPlace = { section: 0, cursors: [{ next: "/api/v1/users?after=x" }, null] };

function refused(body: () => unknown): boolean {
  try {
    body();
    return false;
  } catch (error) {
    return isFailure(error, "invalidArgument") && error.field === "page_token";
  }
}

describe("page tokens", () => {
  it("lead another process with the same key to the same place", () => {
    const other = new PageTokens(key, systemClock);
    const full: PageTokenPlace = { ...place, skip: 7, anchor: "abc", seen: ["x"] };
    expect(other.open(["a", "b"], tokens.seal(["a", "b"], full))).toEqual(full);
  });

  it("hold what the version before reads: raw DEFLATE, however short", () => {
    for (const next of ["", "é", "x".repeat(400), "x".repeat(600), "x".repeat(70_000)]) {
      const far: PageTokenPlace = { section: 0, cursors: [{ next }] };
      const token = tokens.seal(["a"], far);
      const body = Buffer.from(token, "base64url").subarray(5, -16);
      expect(JSON.parse(inflateRawSync(body).toString("utf8"))).toEqual(far);
      expect(tokens.open(["a"], token)).toEqual(far);
    }
  });

  it("lead the next version of the program to the same place, and none that lists something else", () => {
    const binding = { org: "https://acme.okta.com", version: "1.0.0", secrets: true };
    const of = (more: object) => new PageTokens(pageTokenKey({ ...binding, ...more }), systemClock);
    const token = of({}).seal(["a"], place);
    expect(of({ version: "1.1.0" }).open(["a"], token)).toEqual(place);
    expect(refused(() => of({ secrets: false }).open(["a"], token))).toBe(true);
    expect(refused(() => of({ org: "https://other.okta.com" }).open(["a"], token))).toBe(true);
  });

  it("are refused where somebody else made them, whatever they say", () => {
    for (const made of [null, 1, [], {}, { section: -1, cursors: [] }, { section: 0, cursors: [1] }, { section: 0 }]) {
      const token = tokens.seal(["a"], made as never);
      expect(refused(() => tokens.open(["a"], token))).toBe(true);
    }
  });

  it("are good for the list they came from only", () => {
    const token = tokens.seal(["grants", "group", "a"], place);
    for (const binding of [
      ["grants", "group", "b"],
      ["grants", "group"],
      ["grants", "groupa"],
      ["grants", "group", "a", ""],
    ]) {
      expect(refused(() => tokens.open(binding, token))).toBe(true);
    }
    expect(
      refused(() => new PageTokens(Buffer.from("another"), systemClock).open(["grants", "group", "a"], token)),
    ).toBe(true);
  });

  it("are refused when anything of them is changed, cut or added", () => {
    const token = tokens.seal(["a"], place);
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.string({ minLength: 1, maxLength: 2 }), (at, text) => {
        const changed = token.slice(0, at) + text + token.slice(at + 1);
        return changed === token || refused(() => tokens.open(["a"], changed));
      }),
    );
    for (let end = 0; end < token.length; end++)
      expect(refused(() => tokens.open(["a"], token.slice(0, end)))).toBe(true);
    for (const more of ["=", "A", " ", "\n"]) expect(refused(() => tokens.open(["a"], token + more))).toBe(true);
  });

  it("are stale after a day", () => {
    let now = Date.now();
    const aging = new PageTokens(key, { ...systemClock, now: () => now });
    const token = aging.seal(["a"], place);
    now += 23 * 3_600_000;
    expect(aging.open(["a"], token)).toEqual(place);
    now += 2 * 3_600_000;
    expect(refused(() => aging.open(["a"], token))).toBe(true);
  });

  it("hold thousands of cursors in far less than a mebibyte", () => {
    const cursors = Array.from({ length: 10_000 }, (_, n) => ({
      user: `00u${(n * 7919).toString(36).padStart(17, "x")}`,
    }));
    const token = tokens.seal(["a"], { section: 1, cursors });
    expect(token.length).toBeLessThan(1 << 19);
    expect(tokens.open(["a"], token).cursors).toEqual(cursors);
  });
});
