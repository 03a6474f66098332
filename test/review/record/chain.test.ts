import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { itemId } from "../../../src/review/population/item.ts";
import { canonicalJson } from "../../../src/review/record/canonical.ts";
import { chainedLines, readChain } from "../../../src/review/record/chain.ts";

const records = fc.array(fc.record({ kind: fc.string(), text: fc.string({ unit: "binary" }), count: fc.nat() }), {
  minLength: 3,
  maxLength: 12,
});

const linesOf = (some: readonly object[]) => [...chainedLines(some)];
const read = (lines: readonly string[]) => readChain(Buffer.from(lines.join("")));

describe("a chained file", () => {
  it("is read as it was written", () => {
    fc.assert(
      fc.property(records, (some) => {
        const found = read(linesOf(some));
        expect(found.breaks).toEqual([]);
        expect(found.torn.length).toBe(0);
        expect(found.records.map(({ n: _, prev: __, ...rest }) => canonicalJson(rest as never))).toEqual(
          some.map((one) => canonicalJson(one)),
        );
      }),
    );
  });

  it("tells of any line but the last that was changed, and names it", () => {
    fc.assert(
      fc.property(records, fc.nat(), fc.nat(), (some, at, by) => {
        const lines = linesOf(some);
        const line = at % (lines.length - 1);
        const record = JSON.parse(lines[line]!);
        lines[line] = `${canonicalJson({ ...record, count: record.count + 1 + by })}\n`;
        expect(read(lines).breaks.map((one) => one.line)).toEqual([line + 1]);
      }),
    );
  });

  it("tells of a line that was taken out, put in or moved", () => {
    fc.assert(
      fc.property(records, fc.nat(), (some, at) => {
        const lines = linesOf(some);
        const i = at % (lines.length - 1);
        const without = lines.filter((_, n) => n !== i);
        expect(read(without).breaks[0]?.line).toBe(i + 1);
        const twice = [...lines.slice(0, i + 1), lines[i]!, ...lines.slice(i + 1)];
        expect(read(twice).breaks[0]?.line).toBe(i + 2);
        const moved = [...lines];
        [moved[i], moved[i + 1]] = [moved[i + 1]!, moved[i]!];
        expect(read(moved).breaks.length).toBeGreaterThan(0);
      }),
    );
  });

  it("never takes what was cut off for content, wherever it was", () => {
    fc.assert(
      fc.property(records, fc.nat(), (some, at) => {
        const data = Buffer.from(linesOf(some).join(""));
        const cut = data.subarray(0, at % data.length);
        const found = readChain(cut);
        expect(found.breaks).toEqual([]);
        expect(found.bytes + found.torn.length).toBe(cut.length);
        expect(found.records.length).toBe(cut.toString("latin1").split("\n").length - 1);
      }),
    );
  });
});

describe("an item's id", () => {
  const part = fc.string({ unit: "binary", minLength: 1 });

  it("is that of the access, and of no other", () => {
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 3, maxLength: 3 }),
        fc.array(part, { minLength: 3, maxLength: 3 }),
        (a, b) => {
          const id = ([type, id, entitlement]: string[]) => itemId({ type: type!, id: id! }, entitlement!);
          expect(id(a) === id(b)).toBe(a.join("\0") === b.join("\0") || canonicalJson(a) === canonicalJson(b));
          expect(id(a)).toMatch(/^i[0-9a-f]{20}$/);
        },
      ),
    );
  });

  it("stays what it is", () => {
    expect(itemId({ type: "user", id: "00u1" }, "role:SUPER_ADMIN:assigned")).toBe(
      itemId({ type: "user", id: "00u1" }, "role:SUPER_ADMIN:assigned"),
    );
  });
});
