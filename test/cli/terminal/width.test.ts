import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderProgress } from "../../../src/cli/progress/render.ts";
import { table, twoColumns, wrap } from "../../../src/cli/terminal/layout.ts";
import { displayWidth, padEnd, padStart, truncate } from "../../../src/cli/terminal/width.ts";

describe("the columns that a text takes", () => {
  it.each([
    ["Ada", 3],
    ["山田 太郎", 9],
    ["김철수", 6],
    ["Zoe\u0308", 3],
    ["🚀", 2],
    ["ﾔﾏﾀﾞ", 4],
    ["김철수".normalize("NFD"), 6],
    ["🇩🇪", 2],
    ["👩‍💻", 2],
    ["naïve — “quoted”…", 17],
    ["", 0],
  ])("of %j are %i", (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });

  it("are filled up to a width, before or after", () => {
    expect([padEnd("山田", 6), padStart("山田", 6), padEnd("山田", 3)]).toEqual(["山田  ", "  山田", "山田"]);
  });

  it("are cut to a width, never within what is seen as one", () => {
    expect([truncate("山田太郎", 8), truncate("山田太郎", 7), truncate("山田太郎", 6)]).toEqual([
      "山田太郎",
      "山田太…",
      "山田…",
    ]);
    expect([truncate("Zoe\u0308 B", 4), truncate("🚀", 1), truncate("ab", 1)]).toEqual(["Zoe\u0308…", "", "a"]);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(20), (text, width) => {
        expect(displayWidth(truncate(text, width))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe("wide characters", () => {
  it("stand in line in a table", () => {
    const rows = [
      ["山田 太郎", "yamada", 12],
      ["Ada", "ada", 1204],
      ["🚀 launch", "launch", 3],
    ];
    expect(table(["NAME", "LOGIN", "GROUPS"], rows)).toBe(
      [
        "  NAME       LOGIN   GROUPS",
        "  山田 太郎  yamada      12",
        "  Ada        ada      1,204",
        "  🚀 launch  launch       3",
        "",
      ].join("\n"),
    );
  });

  it("stand in line in two columns, and count where lines are broken", () => {
    expect(
      twoColumns(
        [
          ["管理", "first"],
          ["plain", "second"],
        ],
        80,
      ),
    ).toBe("  管理   first\n  plain  second\n");
    expect(wrap("管理 管理 管理 abc", 10)).toEqual(["管理 管理", "管理 abc"]);
  });

  it("never make a line of the progress wider than the terminal", () => {
    const lane = {
      name: "部署の一覧",
      operation: "list",
      pages: 3,
      items: 300,
      queued: 1,
      inFlight: 1,
      rate: 10,
    } as const;
    const view = {
      phase: "reading",
      elapsedMs: 1000,
      leftMs: undefined,
      growing: false,
      lanes: [lane],
      otherWaits: [],
    } as const;
    for (const columns of [10, 17, 20, 40, 80]) {
      for (const line of renderProgress(view as never, "東京.example.com", 0, { columns, rows: 10, color: false })) {
        expect(displayWidth(line)).toBeLessThan(columns);
      }
    }
  });
});
